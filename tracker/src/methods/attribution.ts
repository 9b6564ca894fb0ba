import { attribution } from "../attribution";
import type { State } from "../state";

/** Where the visit came from. */
export const attributionMethods = (state: State) => ({
  getAttributionInfo: () => attribution(state),
  getAttributionCampaignName: () => attribution(state)[0],
  getAttributionCampaignKeyword: () => attribution(state)[1],
  getAttributionReferrerTimestamp: () => attribution(state)[2],
  getAttributionReferrerUrl: () => attribution(state)[3],
});
