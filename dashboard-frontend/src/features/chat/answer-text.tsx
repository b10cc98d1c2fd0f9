import type { Citation } from '#contracts';
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Components } from 'react-markdown';
import { Markdown } from '../../components/markdown/index.ts';
import { annotate } from './annotate.ts';
import { splitBlocks, steady, type Block } from './blocks.ts';
import { CitationNumber } from './citation-number.tsx';
import styles from './message.module.css';

type Ranges = readonly (readonly [number, number])[];

const within = (ranges: Ranges, start: number, end: number): Ranges =>
  ranges.filter(([from, to]) => from < end && to > start).map(([from, to]) => [from - start, to - start] as const);

interface Props {
  text: string;
  citations: readonly Citation[];
  unsupported: Ranges;
  /** Numbers that stand in no passage. */
  numbers: Ranges;
  /** The text still grows: its last block is held steady. */
  growing?: boolean;
}

/** An answer's Markdown with its citations and the sentences that nothing bears, block by block. */
export const AnswerText = ({ text, citations, unsupported, numbers, growing = false }: Props) => {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return blocks.map((block, index) => {
    const last = growing && index === blocks.length - 1;
    const end = block.start + block.text.length;
    const mine = citations.filter(({ marker }) => block.text.includes(`[${marker}]`));
    return (
      <TextBlock
        key={block.start}
        text={last ? steady(block.text) : block.text}
        citations={mine}
        unsupported={within(unsupported, block.start, end)}
        numbers={within(numbers, block.start, end)}
      />
    );
  });
};

interface BlockProps extends Pick<Props, 'citations' | 'unsupported' | 'numbers'> {
  text: Block['text'];
}

const same = (one: BlockProps, other: BlockProps): boolean =>
  one.text === other.text &&
  one.citations.length === other.citations.length &&
  one.citations.every((citation, index) => citation.passageId === other.citations[index]?.passageId && citation.marker === other.citations[index].marker) &&
  one.unsupported.join() === other.unsupported.join() &&
  one.numbers.join() === other.numbers.join();

const TextBlock = memo(({ text, citations, unsupported, numbers }: BlockProps) => {
  const { t } = useTranslation('chat');
  const rehype = useMemo(
    () => [annotate({ markers: new Set(citations.map(({ marker }) => marker)), unsupported, numbers })],
    [citations, unsupported, numbers],
  );
  const components = useMemo<Components>(
    () => ({
      span: ({ node, children }) => {
        const marker = node?.properties['dataMarker'];
        const citation = citations.find((each) => each.marker === marker);
        if (citation) return <CitationNumber citation={citation} />;
        if (node?.properties['dataNumber'] !== undefined)
          return (
            <mark className={styles.doubtful} title={t('doubtfulNumber')}>
              {children}
            </mark>
          );
        return node?.properties['dataUnsupported'] === undefined ? (
          <span>{children}</span>
        ) : (
          <span className={styles.unsupported} title={t('unsupported')}>
            {children}
          </span>
        );
      },
    }),
    [citations, t],
  );
  return <Markdown text={text} rehype={rehype} components={components} />;
}, same);
TextBlock.displayName = 'TextBlock';
