import { byId, goldenQuestion, goldenQuestionCreate, goldenQuestionPatch, goldenQuestionQuery, goldenRun, goldenRunDetail, page, pageQuery } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { GoldenService } from './golden.service.ts';

export const goldenRoutes = (golden: GoldenService): Route[] => [
  route({
    method: 'get',
    path: '/golden/questions',
    auth: 'admin',
    summary: 'Golden questions with their place in the newest run.',
    query: goldenQuestionQuery,
    output: page(goldenQuestion),
    handle: ({ who, query }) => golden.list(who, query),
  }),
  route({
    method: 'post',
    path: '/golden/questions',
    auth: 'admin',
    summary: 'Keep a question with the document and page that answer it.',
    body: goldenQuestionCreate,
    output: goldenQuestion,
    status: 201,
    handle: ({ who, body }) => golden.create(who, body),
  }),
  route({
    method: 'patch',
    path: '/golden/questions/:id',
    auth: 'admin',
    summary: 'Change a golden question.',
    params: byId,
    body: goldenQuestionPatch,
    output: goldenQuestion,
    handle: ({ who, params, body }) => golden.patch(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/golden/questions/:id',
    auth: 'admin',
    summary: 'Remove a golden question and its results.',
    params: byId,
    handle: ({ who, params }) => golden.remove(who, params.id),
  }),
  route({ method: 'post', path: '/golden/runs', auth: 'admin', summary: 'Ask all golden questions now.', status: 202, handle: () => golden.run() }),
  route({
    method: 'get',
    path: '/golden/runs',
    auth: 'admin',
    summary: 'Runs over all golden questions, newest first.',
    query: pageQuery,
    output: page(goldenRun),
    handle: ({ who, query }) => golden.runs(who, query),
  }),
  route({
    method: 'get',
    path: '/golden/runs/:id',
    auth: 'admin',
    summary: 'A run with each question’s place, the worst first.',
    params: byId,
    output: goldenRunDetail,
    handle: ({ who, params }) => golden.findRun(who, params.id),
  }),
];
