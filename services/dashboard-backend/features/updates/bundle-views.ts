import { updatePlanView, type UpdateBundleView, type UpdateRequestView } from '#contracts';
import type { BundlesRepository } from './bundles.repository.ts';

type BundleRow = NonNullable<Awaited<ReturnType<BundlesRepository['find']>>>;
type RequestRow = Awaited<ReturnType<BundlesRepository['listRequests']>>[number];

export const toBundle = (row: BundleRow): UpdateBundleView => ({
  id: row.id,
  origin: row.origin as UpdateBundleView['origin'],
  name: row.name,
  stick: row.stick_name,
  sizeBytes: row.size_bytes,
  receivedBytes: row.received_bytes,
  state: row.state as UpdateBundleView['state'],
  plan: row.plan === null ? null : (updatePlanView.safeParse(row.plan).data ?? null),
  refusal: row.refusal as UpdateBundleView['refusal'],
  problem: row.problem,
  addedBy: row.added_by,
  createdAt: row.created_at.toISOString(),
});

export const toRequest = (row: RequestRow): UpdateRequestView => ({
  id: row.id,
  kind: row.kind as UpdateRequestView['kind'],
  reason: row.reason as UpdateRequestView['reason'],
  bundleId: row.bundle_id,
  state: row.state as UpdateRequestView['state'],
  phase: row.phase,
  doneBytes: row.done_bytes,
  totalBytes: row.total_bytes,
  error: row.error,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
});
