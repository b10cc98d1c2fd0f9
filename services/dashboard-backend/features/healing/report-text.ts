import type { HealingEventView, IssueView, RepairView } from '#contracts';

const time = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
const seconds = (from: string, to: string): string => `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;

/** What happened, in words that stand in the rows: times, cause, steps, proof. */
export const reportText = (issue: IssueView, repairs: readonly RepairView[], events: readonly HealingEventView[]): string => {
  const ends: Record<IssueView['status'], string> = {
    open: 'It is still open.',
    healing: 'A repair is under way.',
    escalated: 'It waits for a person.',
    healed: `It was healed by ${issue.healedBy ?? 'a repair'}${issue.closedAt ? ` after ${seconds(issue.raisedAt, issue.closedAt)}` : ''}, and that was proven.`,
    gone: `It was over without a repair${issue.closedAt ? ` after ${seconds(issue.raisedAt, issue.closedAt)}` : ''}.`,
  };
  const tries = repairs.map(({ fixup, attempt, status, askedBy, reason, proof }) => {
    const who = askedBy === null ? 'the box itself' : askedBy;
    const canary = typeof proof?.canary === 'string' ? ` The test question was answered with “${proof.canary.replaceAll('\n', ' ').slice(0, 120)}”.` : '';
    return `- ${fixup}, try ${attempt}, asked for by ${who}: ${status}.${reason ? ` ${reason}` : ''}${canary}`;
  });
  return [
    `${issue.description}`,
    '',
    `Found by the check ${issue.checkId}${issue.subject ? ` on ${issue.subject}` : ''} at ${time(issue.raisedAt)}, seen ${issue.sightings} times. ${ends[issue.status]}`,
    ...(issue.incurable ? [`No repair can cure it: ${issue.incurable}`] : []),
    '',
    tries.length === 0 ? 'No repair was tried.' : 'What was tried:',
    ...tries,
    '',
    'Timeline:',
    ...events.map(({ at, step, severity, description }) => `- ${time(at)} ${step ?? 'note'} (${severity}): ${description}`),
  ].join('\n');
};
