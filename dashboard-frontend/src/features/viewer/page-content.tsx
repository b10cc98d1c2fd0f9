import type { DocumentPageContent, PageBlock } from '#contracts';
import { useEffect, useMemo, useRef } from 'react';
import { markText } from './mark-text.ts';
import { rowsIn } from './row-marks.ts';
import styles from './pages-view.module.css';

type Part = { kind: 'table'; from: number; rows: PageBlock[] } | { kind: 'text'; block: PageBlock };

/** Rows that follow one another are one table. */
const partsOf = (blocks: readonly PageBlock[]): Part[] => {
  const parts: Part[] = [];
  blocks.forEach((block, at) => {
    const last = parts.at(-1);
    if (block.cells === undefined) parts.push({ kind: 'text', block });
    else if (last?.kind === 'table' && block.isHead !== true) last.rows.push(block);
    else parts.push({ kind: 'table', from: at, rows: [block] });
  });
  return parts;
};

const Heading = ({ block }: { block: PageBlock }) => {
  const Tag = `h${Math.min(6, (block.level ?? 1) + 1)}` as 'h2';
  return <Tag>{block.text}</Tag>;
};

const Rows = ({ rows, from, head, marked }: { rows: PageBlock[]; from: number; head: readonly string[] | null; marked: ReadonlySet<number> }) => {
  const own = rows[0]?.isHead === true ? rows[0].cells : undefined;
  const names = own ?? head ?? undefined;
  const first = own === undefined ? 0 : 1;
  return (
    <div className={styles.table} tabIndex={0}>
      <table>
        {names !== undefined && (
          <thead>
            <tr>
              {names.map((name, at) => (
                <th key={at} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.slice(first).map(({ cells = [] }, at) => (
            <tr key={at} data-marked={marked.has(from + first + at) || undefined}>
              {cells.map((cell, place) => (
                <td key={place}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** A page as it was read, with the passage marked: words, headings and tables, and nothing that could run. */
export const PageContent = ({ page, quote }: { page: DocumentPageContent; quote: string | undefined }) => {
  const root = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => (quote === undefined ? new Set<number>() : rowsIn(page.blocks, page.head, quote)), [page, quote]);
  useEffect(() => {
    if (root.current === null || quote === undefined) return undefined;
    const row = root.current.querySelector('[data-marked]');
    row?.scrollIntoView({ block: 'center' });
    return row === null ? markText(root.current, quote) : undefined;
  }, [quote, page]);
  return (
    <div ref={root}>
      {partsOf(page.blocks).map((part, at) => {
        if (part.kind === 'table')
          return <Rows key={at} rows={part.rows} from={part.from} head={at === 0 || part.from <= 1 ? page.head : null} marked={marked} />;
        return part.block.level === undefined ? (
          <p key={at} className={styles.paragraph}>
            {part.block.text}
          </p>
        ) : (
          <Heading key={at} block={part.block} />
        );
      })}
    </div>
  );
};
