import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  /** In a narrow list the button is as wide as the list, and quiet. */
  narrow?: boolean;
}

/** The button that fetches a list's next page; nothing once all is there. */
export const ShowMore = ({ query: { hasNextPage, isFetchingNextPage, fetchNextPage }, narrow = false }: Props) => {
  const { t } = useTranslation('common');
  if (!hasNextPage) return null;
  return (
    <Button
      mt="sm"
      {...(narrow ? { variant: 'subtle', color: 'gray', fullWidth: true } : { variant: 'default' })}
      loading={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {t('showMore')}
    </Button>
  );
};
