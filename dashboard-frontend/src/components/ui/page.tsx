import { useEffect } from 'react';
import { useBoxName } from '../../lib/api/queries.ts';
import styles from './page.module.css';

interface Props {
  title: string;
  /** A sentence that is true now. */
  sentence?: React.ReactNode;
  actions?: React.ReactNode;
  /** `form` keeps lines readable; `full` is for tables and charts. */
  width?: 'form' | 'full';
  children: React.ReactNode;
}

export const useTitle = (title: string): void => {
  const box = useBoxName();
  useEffect(() => {
    document.title = `${title} · ${box}`;
  }, [title, box]);
};

/** A page's frame: title, the sentence under it, what can be done at the right. */
export const Page = ({ title, sentence, actions, width = 'full', children }: Props) => {
  useTitle(title);
  return (
    <div className={styles.page} data-width={width}>
      <header className={styles.header}>
        <div className={styles.words}>
          <h1>{title}</h1>
          {sentence !== undefined && <div className={styles.sentence}>{sentence}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
};

/** A titled part of a page between hairlines. */
export const Section = ({ title, aside, children, id }: { title: string; aside?: React.ReactNode; children: React.ReactNode; id?: string }) => (
  <section className={styles.section} id={id} aria-label={title}>
    <header className={styles.sectionHeader}>
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
);
