import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Response } from 'express';
import helmet from 'helmet';

const security = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // The box speaks plain HTTP on the LAN unless its owner gives it a certificate.
  hsts: false,
  originAgentCluster: false,
  crossOriginOpenerPolicy: false,
});

/** What helmet sets is the same for every answer: it is asked once. */
const askHelmet = (): [string, string][] => {
  const request = { method: 'GET', headers: {} } as IncomingMessage;
  const response = new ServerResponse(request);
  security(request, response, (error?: unknown) => {
    if (error) throw error as Error;
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
};

const SECURITY_HEADERS = askHelmet();
const SECURITY_LINES = SECURITY_HEADERS.flat();

/** Headers of an answer whose handler writes it by itself. */
export const setCommonHeaders = (response: Response): void => {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
  response.setHeader('X-Request-Id', response.locals.requestId as string);
};

/**
 * Writes a whole JSON answer with all its headers in one go. Node stores and checks headers that are set one by one: 13 of them cost
 * a tenth of the time of an answer from memory.
 */
export const sendJson = (response: Response, status: number, value: unknown): void => {
  const text = JSON.stringify(value);
  response.writeHead(status, [
    ...SECURITY_LINES,
    'X-Request-Id',
    response.locals.requestId as string,
    'Content-Type',
    'application/json; charset=utf-8',
    'Content-Length',
    String(Buffer.byteLength(text)),
  ]);
  response.end(text);
};

/** The same without a body. */
export const sendNothing = (response: Response, status: number): void => {
  response.writeHead(status, [...SECURITY_LINES, 'X-Request-Id', response.locals.requestId as string]);
  response.end();
};
