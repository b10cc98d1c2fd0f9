import { Autocomplete, Checkbox, NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { alertSignals, severities, signalNames, type Severity } from '#contracts';
import { useTranslation } from 'react-i18next';
import styles from './alerts.module.css';
import { withSignal, type RuleDraft } from './rule-draft.ts';
import { isFact, unitName, useSignalWords } from './signal-words.ts';

const causes = [
  'cpu',
  'memory',
  'disk',
  'gpu',
  'temperature',
  'network',
  'service',
  'queue',
  'documents',
  'metrics',
  'backup',
  'certificate',
  'healing',
  'other',
];

interface Props {
  draft: RuleDraft;
  /** What is wrong, by the path of the part. */
  problems: Readonly<Record<string, string>>;
  onChange: (change: (before: RuleDraft) => RuleDraft) => void;
}

/** The fields of a rule. */
export const RuleForm = ({ draft, problems, onChange }: Props) => {
  const { t } = useTranslation('alerts');
  const words = useSignalWords();
  const set = (change: Partial<RuleDraft>): void => onChange((before) => ({ ...before, ...change }));
  const { unit } = alertSignals[draft.signal];
  const seconds = (name: 'forS' | 'leaveForS', path: string) => (
    <NumberInput label={t(`form.${name}`)} value={draft[name]} onChange={(value) => set({ [name]: value })} error={problems[path]} min={0} hideControls />
  );
  return (
    <>
      <TextInput label={t('form.name')} value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} error={problems['name']} />
      <Switch label={t('form.enabled')} checked={draft.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
      <Select
        label={t('form.signal')}
        description={isFact(draft.signal) ? t(`form.fact.${draft.signal === 'service.down' ? 'service' : 'healing'}`) : undefined}
        allowDeselect={false}
        searchable
        value={draft.signal}
        onChange={(value) => value !== null && onChange((before) => withSignal(before, value))}
        data={signalNames.map((value) => ({ value, label: words.signal(value) }))}
      />
      {'match' in alertSignals[draft.signal] && (
        <TextInput
          label={t('form.match')}
          description={t(`form.matchHelp.${draft.signal === 'log.matches' ? 'log' : 'certificate'}`)}
          value={draft.match}
          onChange={(event) => set({ match: event.currentTarget.value })}
          error={problems['match']}
          spellCheck={false}
        />
      )}
      <div className={styles.pair}>
        <TextInput
          label={t('form.device')}
          description={t('form.deviceHelp')}
          value={draft.device}
          onChange={(event) => set({ device: event.currentTarget.value })}
          error={problems['device']}
          spellCheck={false}
        />
      </div>
      <fieldset className={styles.group}>
        <legend>
          {t('form.levels')}
          {unit !== '' && <span className="quiet"> · {t(`unit.${unitName[unit]}`)}</span>}
        </legend>
        <div className={styles.actions}>
          <span>{t('form.side')}</span>
          <SegmentedControl
            aria-label={t('form.side')}
            value={draft.side}
            onChange={(value) => set({ side: value })}
            data={(['above', 'below'] as const).map((value) => ({ value, label: t(`form.${value}`) }))}
          />
        </div>
        {[...severities].reverse().map((severity) => (
          <Level key={severity} severity={severity} draft={draft} problems={problems} onChange={onChange} />
        ))}
        {problems['levels'] !== undefined && <p className={styles.problem}>{problems['levels']}</p>}
      </fieldset>
      <fieldset className={styles.group}>
        <legend>{t('form.times')}</legend>
        <div className={styles.pair}>
          {seconds('forS', 'forMs')}
          {seconds('leaveForS', 'leaveForMs')}
          <NumberInput
            label={t('form.cooldownMin')}
            value={draft.cooldownMin}
            onChange={(value) => set({ cooldownMin: value })}
            error={problems['cooldownMs']}
            min={0}
            hideControls
          />
        </div>
        <Switch label={t('form.silence')} checked={draft.silence} onChange={(event) => set({ silence: event.currentTarget.checked })} />
        {draft.silence && (
          <div className={styles.pair}>
            <NumberInput
              label={t('form.silenceS')}
              value={draft.silenceS}
              onChange={(value) => set({ silenceS: value })}
              error={problems['noData.afterMs']}
              min={10}
              hideControls
            />
            <Select
              label={t('form.silenceSeverity')}
              allowDeselect={false}
              value={draft.silenceSeverity}
              onChange={(value) => set({ silenceSeverity: value as Severity })}
              data={severities.map((value) => ({ value, label: t(`severity.${value}`) }))}
            />
          </div>
        )}
      </fieldset>
      <fieldset className={styles.group}>
        <legend>{t('form.incident')}</legend>
        <Autocomplete
          label={t('form.cause')}
          description={t('form.causeHelp')}
          value={draft.cause}
          onChange={(value) => set({ cause: value })}
          data={causes}
          error={problems['cause']}
        />
        <Switch label={t('form.perDevice')} checked={draft.perDevice} onChange={(event) => set({ perDevice: event.currentTarget.checked })} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>{t('form.words')}</legend>
        <p className="small quiet" style={{ margin: 0 }}>
          {t('form.wordsHelp')}
        </p>
        <TextInput label={t('form.en')} value={draft.en} onChange={(event) => set({ en: event.currentTarget.value })} error={problems['sentence.en']} />
        <TextInput label={t('form.de')} value={draft.de} onChange={(event) => set({ de: event.currentTarget.value })} error={problems['sentence.de']} />
        <TextInput
          label={t('form.runbook')}
          value={draft.runbook}
          onChange={(event) => set({ runbook: event.currentTarget.value })}
          error={problems['runbook']}
          spellCheck={false}
        />
        <Textarea label={t('form.labels')} autosize minRows={2} value={draft.labels} onChange={(event) => set({ labels: event.currentTarget.value })} />
      </fieldset>
    </>
  );
};

const Level = ({ severity, draft, problems, onChange }: Props & { severity: Severity }) => {
  const { t } = useTranslation('alerts');
  const level = draft.levels[severity];
  const set = (change: Partial<typeof level>): void =>
    onChange((before) => ({ ...before, levels: { ...before.levels, [severity]: { ...before.levels[severity], ...change } } }));
  const name = t(`severity.${severity}`);
  const problem = problems[`levels.${severity}.enter`] ?? problems[`levels.${severity}.leave`];
  return (
    <div className={styles.level}>
      <Checkbox label={name} checked={level.on} onChange={(event) => set({ on: event.currentTarget.checked })} />
      {(['enter', 'leave'] as const).map((what) => (
        <NumberInput
          key={what}
          aria-label={t('form.levelOf', { severity: name, what: t(`form.${what}`) })}
          placeholder={t(`form.${what}`)}
          value={level[what]}
          onChange={(value) => set({ [what]: value })}
          disabled={!level.on}
          error={problems[`levels.${severity}.${what}`] !== undefined}
          description={t(`form.${what}`)}
          hideControls
        />
      ))}
      {problem !== undefined && <p className={styles.problem}>{problem}</p>}
    </div>
  );
};
