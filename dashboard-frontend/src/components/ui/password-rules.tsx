import { useTranslation } from 'react-i18next';
import { checkPassword } from '../../lib/password-rules.ts';
import styles from './password-rules.module.css';
import { StateMark } from './state-mark.tsx';

/** The rules a new password must keep, each ticked off while it is typed. */
export const PasswordRules = ({ password, username, id }: { password: string; username: string; id?: string }) => {
  const { t } = useTranslation();
  const rules = checkPassword(password, username);
  return (
    <ul className={styles.rules} id={id}>
      {rules.map(({ rule, kept }) => (
        <li key={rule} data-kept={kept || undefined}>
          <StateMark tone={kept ? 'ok' : 'idle'} />
          <span>
            {t(`passwordRules.${rule}`)}
            <span className="only-heard">{kept ? `, ${t('passwordRules.kept')}` : ''}</span>
          </span>
        </li>
      ))}
    </ul>
  );
};
