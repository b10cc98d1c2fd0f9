/** A trace on an instrument: the box is read, not admired. */
export const Logo = ({ size = 24 }: { size?: number }) => (
  <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" style={{ flex: 'none' }}>
    <rect width="32" height="32" rx="7" fill="var(--accent)" />
    <path d="M7 21.5h4l3.2-11 4 13 2.6-7.2H25" fill="none" stroke="var(--on-accent)" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);
