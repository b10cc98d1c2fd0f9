import { Button } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { UpdateBundleView, UpdateRequestView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { sendBundle, stopSending, useSending, type Sending } from './sending.ts';
import { useBundles, useCheck, useRemove } from './use-updates.ts';
import styles from './updates.module.css';

const tones: Record<UpdateBundleView['state'], Tone> = {
  receiving: 'idle',
  waiting: 'busy',
  checking: 'busy',
  ready: 'ok',
  refused: 'bad',
  applied: 'idle',
  gone: 'idle',
};

/** Bundles that were sent or lie on a stick: from whom, what each would change, and “Apply”. */
export const BundlesSection = ({ busy }: { busy: boolean }) => {
  const { t } = useTranslation('updates');
  const query = useBundles();
  const sending = useSending();
  const input = useRef<HTMLInputElement>(null);
  return (
    <Section
      title={t('bundles')}
      aside={
        <>
          <input
            ref={input}
            type="file"
            hidden
            aria-label={t('bundle.send')}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              event.currentTarget.value = '';
              if (file) void sendBundle(file);
            }}
          />
          <Button
            variant="default"
            leftSection={<IconUpload size={16} />}
            disabled={sending !== undefined && sending.state !== 'failed'}
            onClick={() => input.current?.click()}
          >
            {t('bundle.send')}
          </Button>
        </>
      }
    >
      {sending && <OnItsWay sending={sending} />}
      <QueryView query={query}>
        {({ bundles, requests }) =>
          bundles.length === 0 && sending === undefined ? (
            <Empty title={t('bundle.none')}>{t('bundle.noneText')}</Empty>
          ) : (
            <ul className={styles.rows}>
              {bundles
                .filter(({ state, name }) => !(state === 'receiving' && name === sending?.name))
                .map((bundle) => (
                  <Row
                    key={bundle.id}
                    bundle={bundle}
                    busy={busy}
                    request={requests.find(({ bundleId, state }) => bundleId === bundle.id && (state === 'waiting' || state === 'running'))}
                  />
                ))}
            </ul>
          )
        }
      </QueryView>
    </Section>
  );
};

const OnItsWay = ({ sending: { name, sizeBytes, sentBytes, since, state, error } }: { sending: Sending }) => {
  const { t } = useTranslation(['updates', 'common']);
  const format = useFormat();
  const errorText = useErrorText();
  const sent = sentBytes - since.fromBytes;
  const leftMs = sent > 0 ? ((performance.now() - since.at) * (sizeBytes - sentBytes)) / sent : undefined;
  return (
    <div className={styles.row} role="status">
      <div className={styles.line}>
        <span className={styles.name}>{name}</span>
        {state === 'failed' ? (
          <span className={styles.bad} role="alert">
            {errorText(error)}
          </span>
        ) : (
          <span className="small quiet num">
            {state === 'waiting' ? t('updates:bundle.lost') : t('updates:bundle.sent', { done: format.bytes(sentBytes), total: format.bytes(sizeBytes) })}
            {state === 'sending' && leftMs !== undefined && ` · ${t('updates:left', { time: format.estimate(leftMs) })}`}
          </span>
        )}
        <Button size="compact-sm" variant="default" onClick={stopSending}>
          {t(state === 'failed' ? 'common:close' : 'common:cancel')}
        </Button>
      </div>
      {state !== 'failed' && <Bar share={sentBytes / sizeBytes} label={name} />}
    </div>
  );
};

const Row = ({ bundle, request, busy }: { bundle: UpdateBundleView; request: UpdateRequestView | undefined; busy: boolean }) => {
  const { t } = useTranslation(['updates', 'common']);
  const format = useFormat();
  const check = useCheck();
  const remove = useRemove();
  const [open, setOpen] = useState(false);
  const { id, name, stick, state, plan, problem, sizeBytes, receivedBytes, addedBy, createdAt } = bundle;
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <StateWord tone={tones[state]}>{t(`updates:bundle.state.${state}`)}</StateWord>
        <span className={styles.name}>{plan ? `Arasul ${plan.to}` : name}</span>
        <span className="small quiet">
          {stick === null ? t('updates:bundle.from', { name: addedBy ?? '–' }) : t('updates:bundle.onStick', { name: stick })} · {format.bytes(sizeBytes)} ·{' '}
          <RelativeTime at={createdAt} />
        </span>
      </div>
      {plan && <p className="small quiet">{t('updates:bundle.plan', { by: plan.signedBy, from: plan.from, to: plan.to })}</p>}
      {state === 'receiving' && (
        <p className="small quiet num">{t('updates:bundle.half', { done: format.bytes(receivedBytes), total: format.bytes(sizeBytes) })}</p>
      )}
      {problem !== null && <p className={styles.bad}>{problem}</p>}
      {request?.state === 'running' && <Bar share={request.totalBytes > 0 ? request.doneBytes / request.totalBytes : undefined} label={name} />}
      <div className={styles.line}>
        {state === 'ready' && plan && (
          <Button size="compact-sm" disabled={busy || request !== undefined} onClick={() => setOpen(true)}>
            {t('updates:plan.open')}
          </Button>
        )}
        {(state === 'refused' || state === 'applied') && (
          <Button size="compact-sm" variant="default" loading={check.isPending} onClick={() => check.mutate(id)}>
            {t('updates:bundle.checkAgain')}
          </Button>
        )}
        {stick === null && state !== 'checking' && (
          <Button size="compact-sm" variant="default" loading={remove.isPending} onClick={() => remove.mutate(id)}>
            {t('updates:bundle.remove')}
          </Button>
        )}
      </div>
      {open && plan && <PlanDialog bundle={{ ...bundle, plan }} onClose={() => setOpen(false)} />}
    </li>
  );
};
