import { memo } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import styles from './markdown.module.css';

const plugins: Options['remarkPlugins'] = [[remarkGfm, { singleTilde: false }]];

const base: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  // An image would be fetched from wherever it says: its words stand for it.
  img: ({ alt }) => <span className={styles.image}>{alt}</span>,
  table: ({ children }) => (
    <div className={styles.wide} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};

interface Props {
  text: string;
  /** More transformations of the text's tree. */
  remark?: Options['remarkPlugins'];
  rehype?: Options['rehypePlugins'];
  components?: Components;
}

/** Markdown as elements. HTML inside it stays text; nothing is fetched from elsewhere. */
export const Markdown = memo(({ text, remark, rehype, components }: Props) => (
  <div className={styles.markdown}>
    <ReactMarkdown
      remarkPlugins={remark ? [...(plugins ?? []), ...remark] : plugins}
      rehypePlugins={rehype}
      components={components ? { ...base, ...components } : base}
    >
      {text}
    </ReactMarkdown>
  </div>
));
Markdown.displayName = 'Markdown';
