import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../../lib/copy.ts';

const SAID_FOR_MS = 1600;

/** Copies `text` and says so. */
export const CopyButton = ({ text, label }: { text: string | (() => string); label?: string }) => {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(typeof text === 'string' ? text : text()))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_FOR_MS);
  };
  const name = copied ? t('copied') : (label ?? t('copy'));
  return (
    <Tooltip label={name}>
      <ActionIcon aria-label={name} onClick={() => void copy()} size="md">
        {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  );
};
