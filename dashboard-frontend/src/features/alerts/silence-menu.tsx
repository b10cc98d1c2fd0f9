import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';
import { SilenceDialog } from './silence-dialog.tsx';
import { endSilence, makeSilence, tomorrowMorning } from './silences.ts';

const HOUR_MS = 3_600_000;

/** Keeps people from being told of one cause: for an hour, until the morning, or for longer. */
export const SilenceMenu = ({ target }: { target: string }) => {
  const { t } = useTranslation('alerts');
  const [asking, setAsking] = useState(false);
  const make = useMutation({
    mutationFn: (until: Date) => makeSilence({ target, endsAt: until.toISOString() }),
    onSuccess: ({ id }) => offerUndo({ id: `silence-${id}`, said: t('quiet.made'), onUndo: () => void endSilence(id).catch(sayError) }),
    onError: sayError,
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" loading={make.isPending}>
            {t('quiet.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => make.mutate(new Date(Date.now() + HOUR_MS))}>{t('quiet.hour')}</Menu.Item>
          <Menu.Item onClick={() => make.mutate(tomorrowMorning(Date.now()))}>{t('quiet.tomorrow')}</Menu.Item>
          <Menu.Item onClick={() => setAsking(true)}>{t('quiet.other')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking && <SilenceDialog target={target} onClose={() => setAsking(false)} />}
    </>
  );
};
