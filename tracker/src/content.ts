/**
 * Blocks of content in a page: a banner, say. Marks in the page tell which they are, how they are called, which piece
 * they show, and where they lead; where a mark is missing, what is in the block tells it.
 */
import { absolute } from "./hosts";

/** Each mark may be an attribute or a class. */
const marked = (attribute: string, name: string): string => `[data-${attribute}],.matomo${name},.piwik${name}`;

const BLOCK = marked("track-content", "TrackContent");
const PIECE = marked("content-piece", "ContentPiece");
const TARGET = marked("content-target", "ContentTarget");
const IGNORED = marked("content-ignoreinteraction", "ContentIgnoreInteraction");
const MEDIA = "img,embed,video,audio,object,source";

export const UNKNOWN = "Unknown";

/** As it is told. */
export type Content = { c_n: string; c_p: string; c_t: string; ca: 1 };

/** Returns the elements within a node, and the node, that match. */
const all = (node: ParentNode, selector: string): Element[] => [
  ...(node instanceof Element && node.matches(selector) ? [node] : []),
  ...node.querySelectorAll(selector),
];

export const blocksIn = (node: ParentNode): Element[] => all(node, BLOCK);

export const blockAround = (node: Element): Element | null => node.closest(BLOCK);

export const contentOf = (block: Element): Content => {
  const marks = all(block, "*");
  const piece = all(block, PIECE)[0] ?? block;
  const target = all(block, TARGET)[0] ?? block;
  const media = all(piece, MEDIA);
  const shown = first(marks, "data-content-piece") || absolute(first(media, "src") || first(media, "data"));
  return {
    c_n:
      first(marks, "data-content-name") ||
      shown.replace(location.origin, "") ||
      first([block, piece, target], "title") ||
      UNKNOWN,
    c_p: shown || UNKNOWN,
    c_t: absolute(first(marks, "data-content-target") || first([target, piece], "href")),
    ca: 1,
  };
};

/** Whether a click on this element within a block is one on what the block offers. */
export const isInteraction = (block: Element, clicked: Element): boolean => {
  const targets = all(block, TARGET);
  const target = targets.length ? targets.find((one) => one.contains(clicked)) : block;
  return !!target && !target.matches(IGNORED);
};

/** Returns the first value that an attribute has in one of the elements. */
const first = (nodes: Element[], attribute: string): string =>
  nodes.map((node) => node.getAttribute(attribute)?.trim()).find(Boolean) ?? "";
