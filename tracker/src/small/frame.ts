/** The talk with the server's opt-out page in a frame; what it says is what `../frame.ts` says. */

export interface Side {
  isIn(): boolean;
  choose(optedIn: boolean): void;
}

/** Hears choices that are made in a frame of this server, as long as nobody else does. */
export const talk = (server: string, consentRequired: unknown, { isIn, choose }: Side): void =>
  addEventListener("message", ({ data, origin, source }) => {
    if (window.Matomo || origin !== new URL(server).origin) return;
    let said: { maq_opted_in?: boolean; maq_initial_value?: boolean };
    try {
      said = JSON.parse(data as string) as typeof said;
    } catch {
      return;
    }
    const { maq_opted_in: choice, maq_initial_value: greeting } = said;
    if ((choice ?? greeting) === undefined) return;
    if (choice !== undefined) choose(choice);
    const name = choice === undefined ? "maq_opted_in" : "maq_confirm_opted_in";
    const answer = { [name]: isIn(), maq_url: server, maq_optout_by_default: !!consentRequired };
    (source as Window).postMessage(JSON.stringify(answer), origin);
  });
