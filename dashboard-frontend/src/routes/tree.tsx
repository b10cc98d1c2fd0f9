import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { Shell } from '../app/shell/shell.tsx';
import { documentFilters, documentKinds, documentSorts, type DocumentsSearch } from '../features/documents/list-options.ts';
import { ShellError } from './fallbacks.tsx';
import { signedIn } from './guard.ts';
import { day, oneOf, text, whole } from './search.ts';

const root = createRootRoute({ component: Outlet });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../features/auth/setup-page.tsx'), 'SetupPage'),
});
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string } => text(search, 'to'),
  component: lazyRouteComponent(() => import('../features/auth/login-page.tsx'), 'LoginPage'),
});

const shell = createRoute({ getParentRoute: () => root, id: 'shell', beforeLoad: signedIn, component: Shell, errorComponent: ShellError });

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { span?: string; from?: number; to?: number } => ({
    ...text(search, 'span'),
    ...whole(search, 'from'),
    ...whole(search, 'to'),
  }),
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
});

const chat = createRoute({
  getParentRoute: () => shell,
  path: '/chat',
  component: lazyRouteComponent(() => import('../features/chat/chat-page.tsx'), 'ChatPage'),
});
const newChat = createRoute({
  getParentRoute: () => chat,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { document?: string } => text(search, 'document'),
  component: lazyRouteComponent(() => import('../features/chat/new-conversation.tsx'), 'NewConversation'),
});
const recalled = createRoute({
  getParentRoute: () => chat,
  path: '/recalled',
  component: lazyRouteComponent(() => import('../features/chat/recalled-answers.tsx'), 'RecalledAnswers'),
});
const conversation = createRoute({
  getParentRoute: () => chat,
  path: '/$conversationId',
  validateSearch: (search: Record<string, unknown>): { message?: string } => text(search, 'message'),
  component: lazyRouteComponent(() => import('../features/chat/conversation.tsx'), 'ConversationRoute'),
});

const documents = createRoute({
  getParentRoute: () => shell,
  path: '/documents',
  validateSearch: (search: Record<string, unknown>): DocumentsSearch => ({
    ...text(search, 'q'),
    ...text(search, 'folder'),
    ...text(search, 'doc'),
    ...oneOf(search, 'type', Object.keys(documentKinds) as (keyof typeof documentKinds)[]),
    ...text(search, 'lang'),
    ...day(search, 'since'),
    ...day(search, 'until'),
    ...day(search, 'asof'),
    ...oneOf(search, 'status', documentFilters),
    ...oneOf(search, 'sort', documentSorts),
  }),
  component: lazyRouteComponent(() => import('../features/documents/documents-page.tsx'), 'DocumentsPage'),
});
const extraction = createRoute({
  getParentRoute: () => shell,
  path: '/documents/fields',
  component: lazyRouteComponent(() => import('../features/extraction/extraction-page.tsx'), 'ExtractionPage'),
});
const document = createRoute({
  getParentRoute: () => shell,
  path: '/documents/$documentId',
  validateSearch: (search: Record<string, unknown>): { page?: number; passage?: string; q?: string } => ({
    ...whole(search, 'page'),
    ...text(search, 'passage'),
    ...text(search, 'q'),
  }),
  component: lazyRouteComponent(() => import('../features/documents/document-page.tsx'), 'DocumentPage'),
});

const system = createRoute({
  getParentRoute: () => shell,
  path: '/system',
  component: lazyRouteComponent(() => import('../features/system/system-layout.tsx'), 'SystemLayout'),
});
const services = createRoute({
  getParentRoute: () => system,
  path: '/',
  component: lazyRouteComponent(() => import('../features/system/services-page.tsx'), 'ServicesPage'),
});
const models = createRoute({
  getParentRoute: () => system,
  path: '/models',
  component: lazyRouteComponent(() => import('../features/models/models-page.tsx'), 'ModelsPage'),
});
const queue = createRoute({
  getParentRoute: () => system,
  path: '/queue',
  component: lazyRouteComponent(() => import('../features/queue/queue-page.tsx'), 'QueuePage'),
});
const fairness = createRoute({
  getParentRoute: () => system,
  path: '/fairness',
  component: lazyRouteComponent(() => import('../features/fairness/fairness-page.tsx'), 'FairnessPage'),
});
const estimates = createRoute({
  getParentRoute: () => system,
  path: '/estimates',
  component: lazyRouteComponent(() => import('../features/fairness/estimates-page.tsx'), 'EstimatesPage'),
});
const users = createRoute({
  getParentRoute: () => system,
  path: '/users',
  component: lazyRouteComponent(() => import('../features/users/users-page.tsx'), 'UsersPage'),
});
const groups = createRoute({
  getParentRoute: () => system,
  path: '/groups',
  component: lazyRouteComponent(() => import('../features/access/groups-page.tsx'), 'GroupsPage'),
});
const access = createRoute({
  getParentRoute: () => system,
  path: '/access',
  validateSearch: (search: Record<string, unknown>): { document?: string; passage?: string } => ({ ...text(search, 'document'), ...text(search, 'passage') }),
  component: lazyRouteComponent(() => import('../features/access/explain-page.tsx'), 'ExplainPage'),
});
const settings = createRoute({
  getParentRoute: () => system,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});
const quality = createRoute({
  getParentRoute: () => system,
  path: '/quality',
  component: lazyRouteComponent(() => import('../features/quality/quality-page.tsx'), 'QualityPage'),
});
const searchTest = createRoute({
  getParentRoute: () => system,
  path: '/search-test',
  validateSearch: (search: Record<string, unknown>): { q?: string } => text(search, 'q'),
  component: lazyRouteComponent(() => import('../features/quality/search-test-page.tsx'), 'SearchTestPage'),
});
const updates = createRoute({
  getParentRoute: () => system,
  path: '/updates',
  component: lazyRouteComponent(() => import('../features/updates/updates-page.tsx'), 'UpdatesPage'),
});
const backups = createRoute({
  getParentRoute: () => system,
  path: '/backups',
  component: lazyRouteComponent(() => import('../features/backups/backups-page.tsx'), 'BackupsPage'),
});
const activity = createRoute({
  getParentRoute: () => system,
  path: '/activity',
  validateSearch: (search: Record<string, unknown>): { q?: string; actor?: string; days?: number } => ({
    ...text(search, 'q'),
    ...text(search, 'actor'),
    ...whole(search, 'days'),
  }),
  component: lazyRouteComponent(() => import('../features/activity/activity-page.tsx'), 'ActivityPage'),
});
const alerting = createRoute({
  getParentRoute: () => shell,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../features/alerts/alerts-layout.tsx'), 'AlertsLayout'),
});
const alerts = createRoute({
  getParentRoute: () => alerting,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { state?: 'now' | 'over' } => oneOf(search, 'state', ['now', 'over'] as const),
  component: lazyRouteComponent(() => import('../features/alerts/alerts-page.tsx'), 'AlertsPage'),
});
const people = createRoute({
  getParentRoute: () => alerting,
  path: '/people',
  component: lazyRouteComponent(() => import('../features/channels/channels-page.tsx'), 'ChannelsPage'),
});
const rules = createRoute({
  getParentRoute: () => alerting,
  path: '/rules',
  component: lazyRouteComponent(() => import('../features/alerts/rules-page.tsx'), 'RulesPage'),
});
const rule = createRoute({
  getParentRoute: () => alerting,
  path: '/rules/$ruleId',
  component: lazyRouteComponent(() => import('../features/alerts/rule-page.tsx'), 'RulePage'),
});
const thresholds = createRoute({
  getParentRoute: () => alerting,
  path: '/thresholds',
  component: lazyRouteComponent(() => import('../features/alerts/thresholds-page.tsx'), 'ThresholdsPage'),
});
const silences = createRoute({
  getParentRoute: () => alerting,
  path: '/silences',
  component: lazyRouteComponent(() => import('../features/alerts/silences-page.tsx'), 'SilencesPage'),
});
const incident = createRoute({
  getParentRoute: () => shell,
  path: '/incidents/$incidentId',
  component: lazyRouteComponent(() => import('../features/alerts/incident-page.tsx'), 'IncidentPage'),
});
const health = createRoute({
  getParentRoute: () => system,
  path: '/health',
  component: lazyRouteComponent(() => import('../features/healing/health-page.tsx'), 'HealthPage'),
});
const repairs = createRoute({
  getParentRoute: () => system,
  path: '/repairs',
  component: lazyRouteComponent(() => import('../features/healing/repairs-page.tsx'), 'RepairsPage'),
});
const drill = createRoute({
  getParentRoute: () => system,
  path: '/drill',
  component: lazyRouteComponent(() => import('../features/healing/drill-page.tsx'), 'DrillPage'),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/account-page.tsx'), 'AccountPage'),
});

/** Short ways in that people type. */
const shortcut = (path: '/queue' | '/models' | '/users' | '/settings' | '/activity') =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: () => {
      redirect({ to: `/system${path}`, throw: true });
    },
  });

export const routeTree = root.addChildren([
  setup,
  login,
  shell.addChildren([
    overview,
    chat.addChildren([newChat, recalled, conversation]),
    documents,
    extraction,
    document,
    incident,
    alerting.addChildren([alerts, rules, rule, thresholds, silences, people]),
    system.addChildren([
      services,
      health,
      repairs,
      drill,
      queue,
      models,
      fairness,
      estimates,
      users,
      groups,
      access,
      settings,
      activity,
      quality,
      searchTest,
      updates,
      backups,
    ]),
    account,
  ]),
  shortcut('/queue'),
  shortcut('/models'),
  shortcut('/users'),
  shortcut('/settings'),
  shortcut('/activity'),
]);
