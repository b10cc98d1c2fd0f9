import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Scope } from './ask.ts';

const modes = ['answer', 'quotes', 'summary', 'compare'] as const;
/** How many documents must be chosen for it; null for as many as one likes. */
const needed = { answer: null, quotes: null, summary: 1, compare: 2 } as const;

/** What is to be written: an answer, quotes without the model, a summary of the chosen document, or the two chosen ones compared. */
export const ModePicker = ({ value, onChange }: { value: Scope; onChange: (scope: Scope) => void }) => {
  const { t } = useTranslation('chat');
  const may = (mode: Scope['mode']): boolean => needed[mode] === null || value.documentIds.length === needed[mode];
  // What was chosen before may no longer fit.
  const mode = may(value.mode) ? value.mode : 'answer';
  return (
    <Menu position="top-start" width={320}>
      <Menu.Target>
        <Button size="xs" variant="subtle" color={mode === 'answer' ? 'gray' : 'teal'} rightSection={<IconChevronDown size={14} />}>
          {t(`mode.${mode}.name`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {modes.map((each) => (
          <Menu.Item key={each} disabled={!may(each)} onClick={() => onChange({ ...value, mode: each })}>
            {t(`mode.${each}.name`)}
            <div className="small quiet">{t(`mode.${each}.help`)}</div>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
