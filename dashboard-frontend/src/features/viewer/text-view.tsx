import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Markdown } from '../../components/markdown/index.ts';
import { QueryView } from '../../components/ui/query-view.tsx';
import { send } from '../../lib/api/client.ts';
import { decodeText } from './decode-text.ts';
import { markText } from './mark-text.ts';
import { quietHtml } from './quiet-html.ts';
import styles from './text-view.module.css';

interface Props {
  documentId: string;
  mimeType: string;
  /** The passage to mark. */
  quote: string | undefined;
  actions?: React.ReactNode;
}

/** Text, Markdown or HTML of a document, shown as what it is and never run. */
export const TextView = ({ documentId, mimeType, quote, actions }: Props) => {
  const query = useQuery({
    queryKey: ['content', documentId],
    queryFn: async ({ signal }) => decodeText(await (await send('GET', `/documents/${documentId}/content`, { signal })).arrayBuffer()),
    staleTime: Infinity,
  });
  return (
    <div className={styles.view}>
      <div className={styles.toolbar}>{actions}</div>
      <QueryView query={query}>
        {(text) => {
          if (mimeType === 'text/html') return <Page html={text} quote={quote} />;
          return (
            <Marked quote={quote} text={text}>
              {mimeType === 'text/markdown' ? <Markdown text={text} /> : <pre className={styles.plain}>{text}</pre>}
            </Marked>
          );
        }}
      </QueryView>
    </div>
  );
};

const Marked = ({ quote, text, children }: { quote: string | undefined; text: string; children: React.ReactNode }) => {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (root.current === null || quote === undefined ? undefined : markText(root.current, quote)), [quote, text]);
  return (
    <div className={styles.scroll} tabIndex={0}>
      <div className={styles.sheet} ref={root}>
        {children}
      </div>
    </div>
  );
};

/**
 * A page of HTML in a frame that may not run scripts, open windows or send forms; the dashboard's own content security
 * policy holds inside it too, so that nothing is fetched from elsewhere.
 */
const Page = ({ html, quote }: { html: string; quote: string | undefined }) => {
  const frame = useRef<HTMLIFrameElement>(null);
  const quiet = useMemo(() => quietHtml(html), [html]);
  const [page, setPage] = useState<Document>();
  const ready = () => {
    const loaded = frame.current?.contentDocument;
    if (!loaded) return;
    const style = loaded.createElement('style');
    const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name);
    style.textContent = `::highlight(arasul-passage) { background: ${token('--mark')}; text-decoration: underline 2px ${token('--mark-edge')} }`;
    loaded.head.append(style);
    setPage(loaded);
  };
  // The passage may be known before the frame has loaded, or after; another one may be chosen while it is shown.
  useEffect(() => (page === undefined || quote === undefined ? undefined : markText(page.body, quote)), [page, quote]);
  return <iframe ref={frame} className={styles.frame} sandbox="allow-same-origin" srcDoc={quiet} title="HTML" onLoad={ready} />;
};
