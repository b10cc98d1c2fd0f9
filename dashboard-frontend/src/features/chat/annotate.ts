/** The few parts of a syntax tree that are looked at here. */
interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
  position?: { start: { offset?: number }; end: { offset?: number } };
}

export interface Annotations {
  /** Numbers that stand for a source; others stay text. */
  markers: ReadonlySet<number>;
  /** Ranges of the block's own text that no passage bears. */
  unsupported: readonly (readonly [number, number])[];
  /** Ranges of numbers that stand in no passage. */
  numbers: readonly (readonly [number, number])[];
}

const element = (properties: Record<string, unknown>, children: Node[]): Node => ({ type: 'element', tagName: 'span', properties, children });

/** `value` begins at `offset` of the source; a null offset (escaped signs) means that ranges cannot be placed in it. */
const annotateText = (value: string, offset: number | null, { markers, unsupported, numbers }: Annotations): Node[] => {
  const out: Node[] = [];
  const push = (text: string, at: number): void => {
    if (text === '') return;
    const within = ([start, end]: readonly [number, number]): boolean => at < end && at + text.length > start;
    const number = offset === null ? undefined : numbers.find(within);
    const range = number ?? (offset === null ? undefined : unsupported.find(within));
    if (range === undefined) {
      out.push({ type: 'text', value: text });
      return;
    }
    const [from, to] = [Math.max(0, range[0] - at), Math.min(text.length, range[1] - at)];
    push(text.slice(0, from), at);
    out.push(element(number === undefined ? { dataUnsupported: '' } : { dataNumber: '' }, [{ type: 'text', value: text.slice(from, to) }]));
    push(text.slice(to), at + to);
  };
  let done = 0;
  for (const match of value.matchAll(/ ?\[(\d{1,3})\]/g)) {
    const marker = Number(match[1]);
    if (!markers.has(marker)) continue;
    push(value.slice(done, match.index), (offset ?? 0) + done);
    out.push(element({ dataMarker: marker }, []));
    done = match.index + match[0].length;
  }
  push(value.slice(done), (offset ?? 0) + done);
  return out;
};

/** A rehype plugin: `[1]` becomes a citation, sentences without support become marked spans. Code is left alone. */
export const annotate = (annotations: Annotations) => () => (tree: Node) => {
  const walk = (node: Node): void => {
    if (node.children === undefined || node.tagName === 'code' || node.tagName === 'pre') return;
    node.children = node.children.flatMap((child) => {
      if (child.type !== 'text' || child.value === undefined) {
        walk(child);
        return [child];
      }
      const start = child.position?.start.offset;
      const end = child.position?.end.offset;
      const exact = start !== undefined && end !== undefined && end - start === child.value.length;
      return annotateText(child.value, exact ? start : null, annotations);
    });
  };
  walk(tree);
};
