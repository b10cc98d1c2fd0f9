const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words that carry no topic, by language. Kept short: "no", "not", "against" and the like do carry meaning in a question. */
export const STOP_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: list(
    'a an and are as at be been but by can could did do does for from had has have how i if in into is it its may me my of on or our shall should so such ' +
      'than that the their them then there these they this those to was we were what when where which who whom whose why will with would you your',
  ),
  de: list(
    'aber als am an auch auf aus bei bin bis da damit das dass dem den der des die dies diese diesem diesen dieser dieses du durch ein eine einem einen einer ' +
      'eines er es für hat haben hatte hatten ich ihr ihre im in ist ja kann können man mit nach noch nur ob oder sein seine sich sie sind so über um und ' +
      'uns unter vom von vor war waren warum was welche welchem welchen welcher welches wenn wer werden wie wird wir wo wurde wurden zu zum zur',
  ),
};
