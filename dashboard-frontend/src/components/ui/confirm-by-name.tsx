import { Button, TextInput } from '@mantine/core';
import { Dialog } from './dialog.tsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: string;
  /** What must be typed. */
  name: string;
  label: string;
  action: string;
  children: React.ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

/** For what cannot be taken back: the name has to be typed. */
export const ConfirmByName = ({ title, name, label, action, children, onConfirm, onClose }: Props) => {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name) onConfirm();
        }}
      >
        <div className="quiet">{children}</div>
        <TextInput label={label} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" data-autofocus />
        <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8 }}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" color="red" disabled={typed !== name}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
