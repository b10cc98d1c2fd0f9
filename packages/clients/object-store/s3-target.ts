import { z } from 'zod';
import { AppError, readEnv, type Env } from '#kit';

/** A bucket of an S3 server, and the folder in it that is ours. */
export interface S3Target {
  readonly endPoint: string;
  readonly port: number;
  readonly useSSL: boolean;
  readonly bucket: string;
  /** Empty, or ends with `/`. */
  readonly prefix: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

interface S3Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region?: string;
}

/** Reads `http(s)://host:port/bucket[/folder]`. Errors: `configuration_invalid`, without the keys. */
export const s3Target = (address: string, { accessKey, secretKey, region = 'us-east-1' }: S3Account): S3Target => {
  const invalid = (why: string): AppError =>
    new AppError('configuration_invalid', { message: `ARASUL_S3_URL: ${why}; it looks like http://host:9000/bucket or https://host/bucket/folder` });
  if (!URL.canParse(address)) throw invalid('is not an address');
  const { protocol, hostname, port, pathname, username, password, search, hash } = new URL(address);
  if (username || password || search || hash) throw invalid('may hold neither keys nor a query: the keys are given apart');
  if (protocol !== 'http:' && protocol !== 'https:') throw invalid('must begin with http:// or https://');
  const [bucket = '', ...folders] = pathname.split('/').filter((part) => part !== '');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u.test(bucket)) throw invalid('names no bucket');
  const useSSL = protocol === 'https:';
  return {
    endPoint: hostname,
    port: port === '' ? (useSSL ? 443 : 80) : Number(port),
    useSSL,
    bucket,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    accessKey,
    secretKey,
    region,
  };
};

/** The bucket that `ARASUL_S3_URL` and its keys name; null when originals are files of this machine. Errors: `configuration_invalid`. */
export const readS3Target = (env: Env): S3Target | null => {
  if (!env['ARASUL_S3_URL']) return null;
  const values = readEnv(
    z.object({ ARASUL_S3_URL: z.string(), ARASUL_S3_ACCESS_KEY: z.string(), ARASUL_S3_SECRET_KEY: z.string(), ARASUL_S3_REGION: z.string().optional() }),
    env,
  );
  return s3Target(values.ARASUL_S3_URL, {
    accessKey: values.ARASUL_S3_ACCESS_KEY,
    secretKey: values.ARASUL_S3_SECRET_KEY,
    region: values.ARASUL_S3_REGION,
  });
};
