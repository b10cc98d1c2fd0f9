import { Link, useRouterState } from '@tanstack/react-router';
import styles from './section-tabs.module.css';

type Target = NonNullable<React.ComponentProps<typeof Link>['to']>;

export interface SectionPage {
  readonly to: Target;
  readonly label: string;
}
export interface SectionGroup {
  readonly label: string;
  readonly pages: readonly SectionPage[];
}

/** True on the page itself and on what lies below it; the section's own address is only itself. */
const isOpen = (page: SectionPage, path: string, root: string): boolean => path === page.to || (page.to !== root && path.startsWith(`${page.to}/`));

/**
 * The pages of one place: groups in a row, and below them the pages of the group that is open. One group alone shows its pages as the
 * row. `root` is the address of the place itself.
 */
export const SectionTabs = ({ label, root, groups }: { label: string; root: string; groups: readonly SectionGroup[] }) => {
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/(.)\/$/, '$1') });
  const filled = groups.filter(({ pages }) => pages.length > 0);
  const open = filled.find(({ pages }) => pages.some((page) => isOpen(page, path, root)));
  const link = (page: SectionPage, text: string, active: boolean, className: string | undefined) => (
    <Link key={page.to} to={page.to} className={className} activeProps={{}} data-open={active || undefined} aria-current={active ? 'page' : undefined}>
      {text}
    </Link>
  );
  if (filled.length === 1)
    return (
      <nav className={styles.section} aria-label={label}>
        <div className={styles.tabs}>{filled[0]!.pages.map((page) => link(page, page.label, isOpen(page, path, root), styles.tab))}</div>
      </nav>
    );
  return (
    <nav className={styles.section} aria-label={label}>
      <div className={styles.tabs}>{filled.map((group) => link(group.pages[0]!, group.label, group === open, styles.tab))}</div>
      {open && open.pages.length > 1 && (
        <div className={styles.pages}>{open.pages.map((page) => link(page, page.label, isOpen(page, path, root), styles.page))}</div>
      )}
    </nav>
  );
};
