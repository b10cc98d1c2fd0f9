import type { Citation } from '#contracts';
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Components } from 'react-markdown';
import { Markdown } from '../../components/markdown/index.ts';
import { annotate } from './annotate.ts';
import { splitBlocks, steady, type Block } from './blocks.ts';
import { CitationNumber } from './citation-number.tsx';
import styles from './message.module.css';

interface Props {
  text: string;
  citations: readonly Citation[];
  unsupported: readonly (readonly [number, number])[];
  /** The text still grows: its last block is held steady. */
  growing?: boolean;
}

/** An answer's Markdown with its citations and the sentences that nothing bears, block by block. */
export const AnswerText = ({ text, citations, unsupported, growing = false }: Props) => {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return blocks.map((block, index) => {
    const last = growing && index === blocks.length - 1;
    const end = block.start + block.text.length;
    const mine = citations.filter(({ marker }) => block.text.includes(`[${marker}]`));
    const bare = unsupported.filter(([from, to]) => from < end && to > block.start);
    return (
      <TextBlock
        key={block.start}
        text={last ? steady(block.text) : block.text}
        citations={mine}
        unsupported={bare.map(([from, to]) => [from - block.start, to - block.start] as const)}
      />
    );
  });
};

interface BlockProps extends Pick<Props, 'citations' | 'unsupported'> {
  text: Block['text'];
}

const same = (one: BlockProps, other: BlockProps): boolean =>
  one.text === other.text &&
  one.citations.length === other.citations.length &&
  one.citations.every((citation, index) => citation.passageId === other.citations[index]?.passageId && citation.marker === other.citations[index].marker) &&
  one.unsupported.join() === other.unsupported.join();

const TextBlock = memo(({ text, citations, unsupported }: BlockProps) => {
  const { t } = useTranslation('chat');
  const rehype = useMemo(() => [annotate({ markers: new Set(citations.map(({ marker }) => marker)), unsupported })], [citations, unsupported]);
  const components = useMemo<Components>(
    () => ({
      span: ({ node, children }) => {
        const marker = node?.properties['dataMarker'];
        const citation = citations.find((each) => each.marker === marker);
        if (citation) return <CitationNumber citation={citation} />;
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
