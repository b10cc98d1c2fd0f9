import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../lib/use-error-text.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  title: string;
  /** What the button says that saves. */
  action: string;
  /** False while what was entered cannot be saved. */
  ready: boolean;
  /** The mutation that saves, and closes when it has. */
  saving: { error: unknown; isPending: boolean; mutate: () => void };
  /** The error is shown at a field instead of below the form. */
  ownError?: boolean;
  onClose: () => void;
  children: React.ReactNode;
}

/** A form in a dialog: fields, what went wrong, cancel and save. Enter saves. */
export const FormDialog = ({ title, action, ready, saving, ownError = false, onClose, children }: Props) => {
  const { t } = useTranslation('common');
  const errorText = useErrorText();
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !saving.isPending) saving.mutate();
        }}
      >
        {children}
        {saving.error !== null && !ownError && (
          <p role="alert" style={{ color: 'var(--bad)' }}>
            {errorText(saving.error)}
          </p>
        )}
        <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8 }}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={!ready} loading={saving.isPending}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
