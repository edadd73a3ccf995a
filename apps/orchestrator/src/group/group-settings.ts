export { settingsOf } from '#libs/decision';
