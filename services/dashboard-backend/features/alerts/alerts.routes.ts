import { z } from 'zod';
import {
  alertSummary,
  alertThresholds,
  alertThresholdsPatch,
  backTestAnswer,
  backTestRequest,
  byId,
  incidentDetail,
  incidentQuery,
  incidentView,
  page,
  ruleCreate,
  rulePatch,
  ruleView,
  silenceCreate,
  silenceView,
} from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { AlertsService } from './alerts.service.ts';
import type { BackTestService } from './back-test.service.ts';
import type { IncidentDetails } from './incident-detail.service.ts';
import type { RulesService } from './rules.service.ts';

interface Needs {
  alerts: AlertsService;
  incidents: IncidentDetails;
  rules: RulesService;
  backTest: BackTestService;
}

export const alertRoutes = ({ alerts, incidents, rules, backTest }: Needs): Route[] => [
  route({
    method: 'get',
    path: '/alerts/summary',
    auth: 'viewer',
    summary: 'What is wrong now: how many incidents are open, and the worst of them.',
    output: alertSummary,
    handle: ({ who }) => alerts.summary(who),
  }),
  route({
    method: 'get',
    path: '/incidents',
    auth: 'viewer',
    summary: 'Incidents, newest first; `state=now` for those that last.',
    query: incidentQuery,
    output: page(incidentView),
    handle: ({ who, query }) => alerts.list(who, query),
  }),
  route({
    method: 'get',
    path: '/incidents/:id',
    auth: 'viewer',
    summary: 'One incident: who sees it, what happened when, who was told.',
    params: byId,
    output: incidentDetail,
    handle: ({ who, params }) => incidents.get(who, params.id),
  }),
  route({
    method: 'post',
    path: '/incidents/:id/acknowledge',
    auth: 'admin',
    summary: 'Take an open incident: it is not handed to the next person.',
    params: byId,
    status: 204,
    handle: ({ who, params }) => alerts.acknowledge(who, params.id),
  }),
  route({
    method: 'get',
    path: '/alerts/silences',
    auth: 'admin',
    summary: 'Silences and windows of maintenance that are not over.',
    output: z.object({ items: z.array(silenceView) }),
    handle: ({ who }) => alerts.silences(who),
  }),
  route({
    method: 'post',
    path: '/alerts/silences',
    auth: 'admin',
    summary: 'Tell nobody of a cause, a rule or anything (`*`) until a moment.',
    body: silenceCreate,
    output: silenceView,
    status: 201,
    handle: ({ who, body }) => alerts.silence(who, body),
  }),
  route({
    method: 'delete',
    path: '/alerts/silences/:id',
    auth: 'admin',
    summary: 'End a silence now.',
    params: byId,
    handle: ({ who, params }) => alerts.endSilence(who, params.id),
  }),
  route({
    method: 'get',
    path: '/alerts/rules',
    auth: 'admin',
    summary: 'What the box watches.',
    output: z.object({ items: z.array(ruleView) }),
    handle: ({ who }) => rules.list(who),
  }),
  route({
    method: 'post',
    path: '/alerts/rules',
    auth: 'admin',
    summary: 'Watch something more.',
    body: ruleCreate,
    output: ruleView,
    status: 201,
    handle: ({ who, body }) => rules.create(who, body),
  }),
  route({
    method: 'post',
    path: '/alerts/rules/back-test',
    auth: 'admin',
    summary: 'Try a rule, saved or not, on what is stored: what it would have told.',
    body: backTestRequest,
    output: backTestAnswer,
    handle: ({ body }) => backTest.run(body),
  }),
  route({
    method: 'patch',
    path: '/alerts/rules/:id',
    auth: 'admin',
    summary: 'Change a rule, switch it on or off, or put a rule of the product back to what it was.',
    params: byId,
    body: rulePatch,
    output: ruleView,
    handle: ({ who, params, body }) => rules.change(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/alerts/rules/:id',
    auth: 'admin',
    summary: 'Remove a rule of one’s own; those of the product are switched off instead.',
    params: byId,
    handle: ({ who, params }) => rules.remove(who, params.id),
  }),
  route({
    method: 'get',
    path: '/alerts/thresholds',
    auth: 'admin',
    summary: 'The alert thresholds in force.',
    output: alertThresholds,
    handle: () => alerts.thresholds(),
  }),
  route({
    method: 'patch',
    path: '/alerts/thresholds',
    auth: 'admin',
    summary: 'Change alert thresholds; keys that are left out stay, unknown ones are refused.',
    body: alertThresholdsPatch,
    output: alertThresholds,
    handle: ({ who, body }) => alerts.setThresholds(who, body),
  }),
];
