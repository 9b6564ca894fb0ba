/** What the banner says, language by language. */
export interface Words {
  readonly title: string;
  /** Where being measured at all is asked for. */
  readonly text: string;
  /** Where cookies are. */
  readonly cookies: string;
  readonly yes: string;
  readonly no: string;
  readonly more: string;
}

export const LANGUAGES: Readonly<Record<string, Words>> = {
  en: {
    title: "May we count your visit?",
    text: "We would like to see which pages are read, and how often. Your answer is kept in this browser, and you can change it at any time.",
    cookies: "We would like to keep a cookie that tells your visits from those of others. Without it your visits are counted all the same, and recognised for one day at most. You can change your answer at any time.",
    yes: "Yes",
    no: "No",
    more: "What is measured",
  },
  de: {
    title: "Dürfen wir Ihren Besuch zählen?",
    text: "Wir möchten sehen, welche Seiten gelesen werden und wie oft. Ihre Antwort bleibt in diesem Browser; Sie können sie jederzeit ändern.",
    cookies: "Wir möchten ein Cookie behalten, das Ihre Besuche von denen anderer unterscheidet. Ohne es werden Ihre Besuche trotzdem gezählt und höchstens einen Tag lang wiedererkannt. Sie können Ihre Antwort jederzeit ändern.",
    yes: "Ja",
    no: "Nein",
    more: "Was gemessen wird",
  },
  fr: {
    title: "Pouvons-nous compter votre visite ?",
    text: "Nous aimerions voir quelles pages sont lues, et combien de fois. Votre réponse reste dans ce navigateur ; vous pouvez la changer à tout moment.",
    cookies: "Nous aimerions garder un cookie qui distingue vos visites de celles des autres. Sans lui, vos visites sont comptées quand même, et reconnues pendant un jour au plus. Vous pouvez changer votre réponse à tout moment.",
    yes: "Oui",
    no: "Non",
    more: "Ce qui est mesuré",
  },
  es: {
    title: "¿Podemos contar su visita?",
    text: "Nos gustaría ver qué páginas se leen y cuántas veces. Su respuesta se guarda en este navegador y puede cambiarla cuando quiera.",
    cookies: "Nos gustaría guardar una cookie que distinga sus visitas de las de otros. Sin ella, sus visitas se cuentan igualmente y se reconocen durante un día como máximo. Puede cambiar su respuesta cuando quiera.",
    yes: "Sí",
    no: "No",
    more: "Qué se mide",
  },
  it: {
    title: "Possiamo contare la sua visita?",
    text: "Vorremmo vedere quali pagine vengono lette e quante volte. La sua risposta resta in questo browser e può cambiarla in ogni momento.",
    cookies: "Vorremmo tenere un cookie che distingua le sue visite da quelle di altri. Senza, le sue visite sono contate comunque, e riconosciute per un giorno al massimo. Può cambiare la sua risposta in ogni momento.",
    yes: "Sì",
    no: "No",
    more: "Che cosa si misura",
  },
  nl: {
    title: "Mogen wij uw bezoek tellen?",
    text: "Wij willen graag zien welke pagina's worden gelezen, en hoe vaak. Uw antwoord blijft in deze browser; u kunt het altijd wijzigen.",
    cookies: "Wij willen graag een cookie bewaren dat uw bezoeken van die van anderen onderscheidt. Zonder dat worden uw bezoeken toch geteld, en hooguit één dag lang herkend. U kunt uw antwoord altijd wijzigen.",
    yes: "Ja",
    no: "Nee",
    more: "Wat er wordt gemeten",
  },
  pl: {
    title: "Czy możemy policzyć tę wizytę?",
    text: "Chcielibyśmy widzieć, które strony są czytane i jak często. Odpowiedź zostaje w tej przeglądarce i można ją zmienić w każdej chwili.",
    cookies: "Chcielibyśmy zachować plik cookie, który odróżnia te wizyty od wizyt innych osób. Bez niego wizyty i tak są liczone, a rozpoznawane najwyżej przez jeden dzień. Odpowiedź można zmienić w każdej chwili.",
    yes: "Tak",
    no: "Nie",
    more: "Co jest mierzone",
  },
  pt: {
    title: "Podemos contar a sua visita?",
    text: "Gostaríamos de ver que páginas são lidas e quantas vezes. A sua resposta fica neste navegador e pode mudá-la a qualquer momento.",
    cookies: "Gostaríamos de guardar um cookie que distingue as suas visitas das de outros. Sem ele, as suas visitas são contadas na mesma e reconhecidas por um dia, no máximo. Pode mudar a sua resposta a qualquer momento.",
    yes: "Sim",
    no: "Não",
    more: "O que é medido",
  },
};
