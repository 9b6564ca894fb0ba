// Tracks with the npm package matomo-tracker: page views of nobody and of somebody, who name no browser; an event;
// and two page views in one request.
import MatomoTracker from "matomo-tracker";

const matomo = new MatomoTracker(1, `${process.env.MATOMO_URL}/matomo.php`);
matomo.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
const ua = process.env.USER_AGENT;
const page = "http://site.example/node";

matomo.track(`${page}/nobodys`);
matomo.track({ url: `${page}/somebodys`, _id: "00000000000000ee" });
matomo.track({ url: `${page}/titled`, action_name: "From Node", ua, uid: "node", e_c: "Film", e_a: "play", e_v: 3 });
matomo.trackBulk(
  [
    { url: `${page}/bulk`, action_name: "First", ua, _id: "00000000000000cc" },
    { url: `${page}/bulk`, action_name: "Second", ua, _id: "00000000000000cc" },
  ],
  (answer) => console.log(answer),
);
