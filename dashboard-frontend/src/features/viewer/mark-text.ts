import { locate } from './locate.ts';

const NAME = 'arasul-passage';

/**
 * Marks `quote` in a rendered text without touching its elements (CSS custom highlights) and brings it into view.
 * Returns how to take the mark away.
 */
export const markText = (root: HTMLElement, quote: string): (() => void) => {
  const nodes: Text[] = [];
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  const found = locate(
    nodes.map((node) => node.data),
    quote,
  );
  if (found === null) return () => undefined;
  const range = root.ownerDocument.createRange();
  range.setStart(nodes[found.start.part] as Text, found.start.offset);
  range.setEnd(nodes[found.end.part] as Text, found.end.offset);
  nodes[found.start.part]?.parentElement?.scrollIntoView({ block: 'center' });
  const view = root.ownerDocument.defaultView;
  if (!view || !('highlights' in view.CSS)) return () => undefined;
  const { highlights } = view.CSS;
  highlights.set(NAME, new view.Highlight(range));
  return () => void highlights.delete(NAME);
};
