import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Marked } from '../../components/ui/marked.tsx';
import styles from './palette.module.css';
import { type Entry, useEntries } from './use-entries.ts';

/** Everything that can be reached or done, under one key. */
export const Palette = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation('palette');
  return (
    <Modal.Root opened onClose={onClose} padding={0} size={640} yOffset="12vh" centered={false} returnFocus>
      <Modal.Overlay />
      <Modal.Content aria-label={t('title')}>
        <Search onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
};

const Search = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation('palette');
  const list = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const groups = useEntries(query);
  const entries = groups.flatMap((group) => group.entries);
  const chosen = entries[Math.min(at, entries.length - 1)];
  useEffect(() => setAt(0), [query]);
  useEffect(() => {
    if (chosen) document.getElementById(`${list}-${chosen.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen, list]);

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      setAt((now) => (Math.min(now, entries.length - 1) + step + entries.length) % entries.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <div className={styles.palette}>
      <div className={styles.field}>
        <IconSearch size={18} stroke={1.6} />
        <input
          data-autofocus
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          placeholder={t('placeholder')}
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={chosen && `${list}-${chosen.id}`}
          aria-label={t('title')}
          spellCheck={false}
        />
        <kbd>Esc</kbd>
      </div>
      <div className={styles.list} id={list} role="listbox" aria-label={t('title')}>
        {entries.length === 0 && <p className={styles.none}>{t('none')}</p>}
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={group.name}>
            <p className={styles.group} aria-hidden="true">
              {group.name}
            </p>
            {group.entries.map((entry) => (
              <div
                key={entry.id}
                id={`${list}-${entry.id}`}
                role="option"
                aria-selected={entry === chosen}
                className={styles.entry}
                onMouseMove={() => setAt(entries.indexOf(entry))}
                onClick={() => run(entry)}
              >
                <entry.icon size={17} stroke={1.6} />
                <span className={styles.words}>
                  <span className="clip">{entry.found === undefined ? entry.label : <Marked {...entry.found} />}</span>
                  {entry.detail !== undefined && <span className={styles.detail}>{entry.detail}</span>}
                </span>
                {entry.hint !== undefined && <kbd>{entry.hint}</kbd>}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
};
