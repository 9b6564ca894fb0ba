// What an application of Vue would have that tracks with the npm package vue-matomo.
import { createApp, h } from "vue";
import VueMatomo from "vue-matomo";
import { createRouter, createWebHistory, RouterView } from "vue-router";

const component = { render: () => h("p", "Shoes") };
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/shoes", component, meta: { title: "All shoes" } },
    { path: "/shoes/red", component, meta: { title: "Red shoes" } },
  ],
});
const app = createApp({ render: () => h(RouterView) });
app.use(router);
app.use(VueMatomo, { host: window.server, siteId: 1, router, disableCookies: true });
app.mount("#app");
window.follow = (path) => router.push(path);
window.tracksEvents = () => app.config.globalProperties.$matomo?.trackEvent("Shoes", "try on");
