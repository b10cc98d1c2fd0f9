-- Up Migration
-- What a model takes per token while the machine is not hot: what an answer took beyond that on a hot one was throttling.
alter table llm_costs
  add column cool_prefill_ms_per_token double precision,
  add column cool_decode_ms_per_token double precision;

-- Down Migration
alter table llm_costs drop column cool_prefill_ms_per_token, drop column cool_decode_ms_per_token;
