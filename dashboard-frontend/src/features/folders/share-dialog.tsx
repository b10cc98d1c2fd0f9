import { ActionIcon, Button, Select, Switch } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccessView, GrantView } from '#contracts';
import { Dialog } from '../../components/ui/dialog.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient, useMay } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './folders.module.css';

interface Props {
  /** `/folders/ID` or `/documents/ID` */
  path: string;
  name: string;
  onClose: () => void;
}

const keyOf = ({ kind, id }: Pick<GrantView, 'kind' | 'id'>): string => `${kind}:${id ?? ''}`;

/** Who may see a folder or a document, and where that comes from. */
export const ShareDialog = ({ path, name, onClose }: Props) => {
  const { t } = useTranslation('folders');
  const query = useQuery({ queryKey: ['access', path], queryFn: ({ signal }) => api.get(`${path}/access`, 'accessView', { signal }), gcTime: 0 });
  return (
    <Dialog onClose={onClose} title={t('share.title', { name })} size="lg">
      <QueryView query={query}>{(access) => <Grants path={path} access={access} onClose={onClose} />}</QueryView>
    </Dialog>
  );
};

const Grants = ({ path, access, onClose }: { path: string; access: AccessView; onClose: () => void }) => {
  const { t } = useTranslation(['folders', 'common']);
  const errorText = useErrorText();
  const [grants, setGrants] = useState(access.grants);
  const [inherits, setInherits] = useState(access.inherits);
  const admin = useMay('admin');
  const documentId = /^\/documents\/(.+)$/.exec(path)?.[1];
  const candidates = useQuery({
    queryKey: ['access', 'candidates'],
    queryFn: ({ signal }) => api.get('/access/candidates', 'shareCandidates', { signal }),
    enabled: access.mayShare,
  });
  const save = useMutation({
    mutationFn: () =>
      api.put(`${path}/access`, 'accessView', {
        inherits,
        grants: grants.map(({ kind, id, level }) => ({ to: kind === 'everyone' ? { kind } : { kind, id }, level })),
      }),
    onSuccess: async () => {
      await Promise.all(['folders', 'documents', 'document'].map((queryKey) => queryClient.invalidateQueries({ queryKey: [queryKey] })));
      say(t('folders:share.saved'));
      onClose();
    },
  });
  const nameOf = ({ kind, name }: GrantView): string => (kind === 'everyone' ? t('folders:share.everyone') : (name ?? ''));
  const all: GrantView[] = [
    { kind: 'everyone', id: null, name: null, level: 'read' },
    ...(candidates.data?.groups ?? []).map(({ id, name }): GrantView => ({ kind: 'group', id, name, level: 'read' })),
    ...(candidates.data?.people ?? []).map(({ id, name }): GrantView => ({ kind: 'person', id, name, level: 'read' })),
  ];
  const addable = all.filter((each) => each.name !== access.ownerName && !grants.some((grant) => keyOf(grant) === keyOf(each)));
  const levels = (['read', 'write'] as const).map((value) => ({ value, label: t(`folders:share.${value}`) }));
  return (
    <div className={styles.share}>
      {access.ownerName !== null && <p className="quiet">{t('folders:share.owner', { name: access.ownerName })}</p>}
      {grants.length === 0 ? (
        <p>{t('folders:share.nobody')}</p>
      ) : (
        <ul className={styles.grants}>
          {grants.map((grant) => (
            <li key={keyOf(grant)}>
              <span>
                {nameOf(grant)} {grant.kind === 'group' && <span className="quiet small">{t('folders:share.group')}</span>}
              </span>
              <Select
                size="xs"
                w={140}
                aria-label={t('folders:share.levelOf', { name: nameOf(grant) })}
                disabled={!access.mayShare}
                value={grant.level}
                onChange={(level) => setGrants(grants.map((each) => (each === grant ? { ...each, level: level === 'write' ? 'write' : 'read' } : each)))}
                data={levels}
              />
              {access.mayShare && (
                <ActionIcon aria-label={t('folders:share.revoke', { name: nameOf(grant) })} onClick={() => setGrants(grants.filter((each) => each !== grant))}>
                  <IconX size={15} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {access.mayShare && (
        <Select
          label={t('folders:share.add')}
          placeholder={t('folders:share.addHint')}
          searchable
          value={null}
          onChange={(key) => {
            const added = addable.find((each) => keyOf(each) === key);
            if (added !== undefined) setGrants([...grants, added]);
          }}
          data={addable.map((each) => ({ value: keyOf(each), label: nameOf(each) }))}
        />
      )}
      <Switch
        label={t('folders:share.inherits')}
        description={t('folders:share.inheritsHelp')}
        checked={inherits}
        disabled={!access.mayShare}
        onChange={(event) => setInherits(event.currentTarget.checked)}
      />
      {inherits &&
        access.inherited.map((folder) => (
          <p key={folder.folderId} className="quiet small">
            {t('folders:share.from', {
              folder: folder.folderName,
              names: [...(folder.ownerName === null ? [] : [folder.ownerName]), ...folder.grants.map(nameOf)].join(', '),
            })}
          </p>
        ))}
      {save.error !== null && (
        <p role="alert" style={{ color: 'var(--bad)' }}>
          {errorText(save.error)}
        </p>
      )}
      <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8 }}>
        {admin && documentId !== undefined && (
          <Button variant="subtle" renderRoot={(root) => <Link {...root} to="/system/access" search={{ document: documentId }} />}>
            {t('folders:share.explain')}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {t(access.mayShare ? 'common:cancel' : 'common:close')}
        </Button>
        {access.mayShare && (
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {t('folders:share.save')}
          </Button>
        )}
      </div>
    </div>
  );
};
