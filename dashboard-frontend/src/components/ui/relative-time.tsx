import { useFormat, useNow } from '../../lib/format/use-format.ts';

/** “6 minutes ago”, the full date on hover. `at` is an ISO instant; one of the last seconds never reads as the future. */
export const RelativeTime = ({ at, future = false }: { at: string; future?: boolean }) => {
  const format = useFormat();
  const now = useNow(5000);
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={format.absolute(time)}>
      {format.relative(future ? time : Math.min(time, now), now)}
    </time>
  );
};
