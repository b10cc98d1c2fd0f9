import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, SETUP_CODE, startBox, type Box } from '../support/box.ts';

describe('A4 the owner by one-time code', () => {
  let box: Box;
  beforeAll(async () => {
    box = await startBox();
  });
  afterAll(() => box.stop());

  test('A4 a new box asks for set-up, and the second use of the code fails', async () => {
    await box.writeSetupCode();
    const body = { code: SETUP_CODE, username: 'owner', password: PASSWORD };
    expect((await box.request('GET', '/api/v1/setup')).body).toEqual({ required: true });
    expect((await box.login('admin', 'admin')).status).toBe(401);
    expect(await box.request('POST', '/api/v1/setup', { body })).toMatchObject({ status: 201, body: { user: { username: 'owner', role: 'owner' } } });
    expect(await box.request('POST', '/api/v1/setup', { body })).toMatchObject({ status: 409, body: { error: { code: 'setup_done' } } });
    expect(await box.login('owner', PASSWORD)).toMatchObject({ status: 200 });
  });
});
