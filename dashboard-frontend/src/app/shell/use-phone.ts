import { useMediaQuery } from '@mantine/hooks';

/** Whether there is a bottom bar in place of the rail; as the style sheets have it. */
export const usePhone = (): boolean => useMediaQuery('(max-width: 720px)', undefined, { getInitialValueInEffect: false }) ?? false;
