import { blockAround, blocksIn, contentOf, isInteraction, UNKNOWN, type Content } from "../content";
import { deliver } from "../delivery";
import { isNodeVisible, listen, onLoad, onReady } from "../dom";
import { hitOf, track } from "../hits";
import type { State } from "../state";

/** Which content was seen, and what was done with it. */
export const contentMethods = (state: State) => {
  const watched = new Set<Element>();
  const seen = new Set<string>();
  let visibleOnly = false;
  let timer = 0;

  const interact = (content: Content, interaction: string) =>
    track(state, { ...content, c_i: interaction }, "contentInteraction");

  /** Tells of blocks that this page view has not told of yet. */
  const show = (blocks: Element[]): void => {
    listen(document, "click", look, true);
    blocks.forEach((block) => watched.add(block));
    const fresh = (visibleOnly ? blocks.filter(isNodeVisible) : blocks).map(contentOf).filter((content) => {
      const key = state.pageviews + JSON.stringify(content);
      return !seen.has(key) && seen.add(key);
    });
    const hits = fresh.map((content) => hitOf(state, content, "contentImpressions"));
    if (hits.length) void deliver(state, hits);
  };

  const look = ({ target }: Event): void => {
    const block = blockAround(target as Element);
    if (block && watched.has(block) && isInteraction(block, target as Element)) interact(contentOf(block), "click");
  };

  const showAll = () => show(blocksIn(document));

  return {
    trackAllContentImpressions() {
      visibleOnly = false;
      onReady(showAll);
    },

    trackVisibleContentImpressions(checkOnScroll = true, interval = 750) {
      visibleOnly = true;
      onLoad(() => {
        showAll();
        if (checkOnScroll) for (const event of ["scroll", "resize"]) listen(window, event, showAll);
        clearInterval(timer);
        if (interval > 0) timer = setInterval(showAll, interval);
      });
    },

    trackContentImpressionsWithinNode: (node?: ParentNode) => node && onReady(() => show(blocksIn(node))),

    trackContentImpression(name: string, piece?: string, target?: string) {
      if (name) track(state, named(name, piece, target), "contentImpression");
    },

    trackContentInteraction(interaction: string, name: string, piece?: string, target?: string) {
      if (interaction && name) interact(named(name, piece, target), interaction);
    },

    trackContentInteractionNode(node?: Element, interaction = UNKNOWN) {
      const block = node && blockAround(node);
      if (block) interact(contentOf(block), interaction);
    },

    logAllContentBlocksOnPage: () => console.log(blocksIn(document).map(contentOf)),
  };
};

const named = (name: string, piece = UNKNOWN, target = ""): Content => ({ c_n: name, c_p: piece, c_t: target, ca: 1 });
