import styles from './state-mark.module.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'busy';

const shapes: Record<Tone, React.ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  warn: <path d="M6 1 11.4 10.8H.6Z" fill="currentColor" />,
  bad: <rect x="1.5" y="1.5" width="9" height="9" rx="1" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" opacity="0.35" />
      <path d="M6 1.75A4.25 4.25 0 0 1 10.25 6" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
};

/** A state as shape and colour; the word that goes with it stands beside. */
export const StateMark = ({ tone }: { tone: Tone }) => (
  <svg className={styles.mark} data-tone={tone} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
    {shapes[tone]}
  </svg>
);

/** The mark with its word. */
export const StateWord = ({ tone, children }: { tone: Tone; children: React.ReactNode }) => (
  <span className={styles.word} data-tone={tone}>
    <StateMark tone={tone} />
    <span>{children}</span>
  </span>
);
