import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { RuleView } from '#contracts';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { ErrorState } from '../../components/ui/states.tsx';
import { ApiError } from '../../lib/api/errors.ts';
import { say, sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './alerts.module.css';
import { BackTest } from './back-test.tsx';
import { draftOf, newDraft, readDraft } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { changeRule, createRule, refreshRules, removeRule, rulesQuery } from './rules.ts';

const missing = new ApiError({ code: 'not_found', message: '', status: 404 });

/** One rule, or a new one: its form, and below it what it would have told. */
export const RulePage = () => {
  const { ruleId } = useParams({ from: '/shell/alerts/rules/$ruleId' });
  const query = useQuery({ ...rulesQuery, refetchOnWindowFocus: false });
  if (ruleId === 'new') return <Editor key="new" rule={null} />;
  return (
    <QueryView query={query}>
      {(rules) => {
        const rule = rules.find(({ id }) => id === ruleId);
        return rule ? <Editor key={`${rule.id} ${rule.updatedAt}`} rule={rule} /> : <ErrorState error={missing} as="h1" />;
      }}
    </QueryView>
  );
};

const Editor = ({ rule }: { rule: RuleView | null }) => {
  const { t } = useTranslation(['alerts', 'common']);
  const navigate = useNavigate();
  const errorText = useErrorText();
  const [draft, setDraft] = useState(() => (rule ? draftOf(rule) : newDraft()));
  const [tried, setTried] = useState(false);
  const read = useMemo(() => readDraft(draft), [draft]);
  const back = () => navigate({ to: '/alerts/rules' });
  const save = useMutation({
    mutationFn: () => {
      const { name, enabled, definition } = read.rule!;
      if (!rule) return createRule(read.rule!);
      // What did not change is not sent, so that a rule of the product is only then a changed one when it is.
      const before = readDraft(draftOf(rule)).rule;
      const isSame = JSON.stringify(before?.definition) === JSON.stringify(definition);
      return changeRule(rule.id, { ...(name !== rule.name && { name }), enabled, ...(!isSame && { definition }) });
    },
    onSuccess: async ({ name }) => {
      await refreshRules();
      say(t('alerts:rules.saved', { name }));
      await back();
    },
  });
  const reset = useMutation({
    mutationFn: (id: string) => changeRule(id, { reset: true }),
    onSuccess: ({ name }) => say(t('alerts:rules.resetDone', { name })),
    onError: sayError,
    onSettled: refreshRules,
  });
  const remove = useMutation({
    mutationFn: ({ id }: RuleView) => removeRule(id),
    onSuccess: async (_, { id, name, enabled, definition }) => {
      await refreshRules();
      offerUndo({
        id: `rule-${id}`,
        said: t('alerts:rules.removed', { name }),
        onUndo: () => void createRule({ name, enabled, definition }).then(refreshRules, sayError),
      });
      await back();
    },
    onError: sayError,
  });
  return (
    <Page
      title={rule?.name ?? t('alerts:rules.new')}
      actions={
        rule && (
          <>
            {rule.key !== null && rule.edited && (
              <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate(rule.id)}>
                {t('alerts:rules.reset')}
              </Button>
            )}
            {rule.key === null && (
              <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate(rule)}>
                {t('alerts:rules.remove')}
              </Button>
            )}
          </>
        )
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (read.rule) save.mutate();
        }}
      >
        <RuleForm draft={draft} problems={tried ? read.problems : {}} onChange={setDraft} />
        {tried && !read.rule && (
          <p role="alert" className={styles.problem}>
            {t('alerts:form.problem')}
          </p>
        )}
        {save.error !== null && (
          <p role="alert" className={styles.problem}>
            {errorText(save.error)}
          </p>
        )}
        <div className={styles.actions}>
          <Button type="submit" loading={save.isPending}>
            {t('alerts:form.save')}
          </Button>
          <Button variant="default" onClick={() => void back()}>
            {t('common:cancel')}
          </Button>
        </div>
      </form>
      <BackTest definition={read.rule?.definition ?? readDraft({ ...draft, name: 'x', en: draft.en || 'x' }).rule?.definition ?? null} />
    </Page>
  );
};
