import type { DocumentView } from '#contracts';
import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';

/** Documents that are gone from the page but not yet from the box: the ten seconds in which it can be taken back. */
let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

const set = (next: ReadonlySet<string>): void => {
  hidden = next;
  for (const listener of listeners) listener();
};
const show = (id: string): void => set(new Set([...hidden].filter((other) => other !== id)));

/** Removes a document, its passages and its vectors, unless it is taken back within ten seconds. */
export const removeDocument = ({ id, filename }: Pick<DocumentView, 'id' | 'filename'>): void => {
  set(new Set([...hidden, id]));
  offerUndo({
    id: `document-${id}`,
    said: i18next.t('removed', { ns: 'documents', filename }),
    onUndo: () => show(id),
    onFinal: (leaving) => {
      api.act('DELETE', `/documents/${id}`, { keepalive: leaving }).then(
        () => queryClient.invalidateQueries({ queryKey: ['documents'] }),
        (error: unknown) => {
          show(id);
          sayError(error);
        },
      );
    },
  });
};

export const useHidden = (): ReadonlySet<string> =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hidden,
  );
