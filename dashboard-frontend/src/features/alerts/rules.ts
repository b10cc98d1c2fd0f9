import { queryOptions } from '@tanstack/react-query';
import type { RuleCreate, RulePatch } from '#contracts';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';

const REFRESH_MS = 10_000;

/** What the box watches. */
export const rulesQuery = queryOptions({
  queryKey: ['alert-rules'],
  queryFn: async ({ signal }) => (await api.page('/alerts/rules', 'ruleView', { signal })).items,
  refetchInterval: REFRESH_MS,
});

export const refreshRules = () => queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey });
export const createRule = (rule: RuleCreate) => api.post('/alerts/rules', 'ruleView', rule);
export const changeRule = (id: string, patch: RulePatch) => api.patch(`/alerts/rules/${id}`, 'ruleView', patch);
export const removeRule = (id: string) => api.act('DELETE', `/alerts/rules/${id}`);
