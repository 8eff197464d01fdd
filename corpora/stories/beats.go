package stories

// beats are the sentences, by what they tell: each is one of several ways to say it, in English and in French.
//
// A slot {food} stands for a word of the list "food", drawn when the English sentence first names it and the same
// until the sentence ends; {+food} keeps it until the story ends. A digit tells two words of a list apart: {food2}.
// See [teller.english] and [teller.french] for what else a slot may say.
var beats = map[string][]pair{
	"opening": {
		{"Once upon a time {a +trait} {look} {+hero.species} called {+hero} lived in {+place}.",
			"Il était une fois, à {place}, {un hero.species} {look.hero} et {trait.hero} qui s'appelait {hero}."},
		{"In {+place} lived {a +trait} {look} {+hero.species} by the name of {+hero}.",
			"À {place} vivait {un hero.species} {look.hero} et {trait.hero} du nom {de hero}."},
		{"{^+trait} {+hero} was {a look} {+hero.species} from {+place}.",
			"{^trait.hero}, {hero} était {un hero.species} {look.hero} {de place}."},
		{"There was once {a +trait} {look} {+hero.species} in {+place}: {+hero}.",
			"Il y avait autrefois {un hero.species} {look.hero} et {trait.hero} à {place} : {hero}."},
	},
	"home": {
		{"{^hero.he} {job} and slept {home} with {num} {look} {items}.",
			"{^hero.il} {job} et dormait {home} avec {num} {items} {look.items}."},
		{"{^hero.he} lived {home}, {job} and ate {num} {taste} {food} every {day}.",
			"{^hero.il} vivait {home}, {job} et mangeait {num} {food} {taste.food} chaque {day}."},
		{"{^hero.he} {job} and kept {num} {look} {items} {home}.",
			"{^hero.il} {job} et gardait {num} {items} {look.items} {home}."},
	},
	"friend": {
		{"Next door, {a mood} {+friend.species} called {+friend} {job}.",
			"À côté, {un friend.species} {mood.friend} du nom {de friend} {job}."},
		{"{^hero.his} friend {+friend}, {a mood} {look} {+friend.species}, {job}.",
			"{friend:Son ami|Son amie} {friend}, {un friend.species} {look.friend} et {mood.friend}, {job}."},
		{"{^+friend} the {mood} {+friend.species} lived {home} and {job}.",
			"{friend} {le friend.species} {mood.friend} vivait {home} et {job}."},
	},

	"kind": {
		{"One {weather} {day}, {friend} was hungry, and {hero} gave {friend.him} {num} {taste} {food} and {num2} {taste2} {food2}.",
			"Un {day} {weather}, {friend} avait faim, et {hero} lui a donné {num} {food} {taste.food} et {num2} {food2} {taste2.food2}."},
		{"When {friend} had a cold, {hero} brought {friend.him} {num} {taste} {food} {manner}.",
			"Quand {friend} a pris froid, {hero} lui a apporté {num} {food} {taste.food} {manner}."},
		{"One {weather} {day}, {hero} lent {friend} {num} {look} {items} and {a look2} {tool}.",
			"Un {day} {weather}, {hero} a prêté à {friend} {num} {items} {look.items} et {un tool} {look2.tool}."},
	},
	"unkind": {
		{"One {weather} {day}, {friend} was hungry, but {hero} ate {num} {taste} {food} and {num2} {taste2} {food2} alone.",
			"Un {day} {weather}, {friend} avait faim, mais {hero} a mangé {num} {food} {taste.food} et {num2} {food2} {taste2.food2} {hero:tout seul|toute seule}."},
		{"When {friend} had a cold, {hero} hid {num} {taste} {food} {hide}.",
			"Quand {friend} a pris froid, {hero} a caché {num} {food} {taste.food} {hide}."},
		{"One {weather} {day}, {friend} asked for {num} {look} {items}, but {hero} said no.",
			"Un {day} {weather}, {friend} a demandé {num} {items} {look.items}, mais {hero} a dit non."},
	},

	"lost.problem": {
		{"One {weather} {day}, {hero} lost {a look} {+thing}: it fell {+spot}.",
			"Un {day} {weather}, {hero} a perdu {un thing} {look.thing} : {thing.il} est {thing:tombé|tombée} {spot}."},
		{"One {weather} {day}, {a mood} {thief} stole {hero}'s {look} {+thing} and hid it {+spot}.",
			"Un {day} {weather}, {un thief} {mood.thief} a volé {le thing} {look.thing} {de hero} et l'a {thing:caché|cachée} {spot}."},
	},
	"lost.trouble": {
		{"Without it {thing.stay}, and {hero} had only {num} {taste} {food}.",
			"Sans {thing:lui|elle}, {thing.stay}, et {hero} n'a eu que {num} {food} {taste.food}."},
		{"From {weekday} to {weekday2} {thing.stay}, and {hero} wept {manner}.",
			"De {weekday} à {weekday2}, {thing.stay}, et {hero} a pleuré {manner}."},
	},
	"lost.talk": {
		{"\"Have you seen my {thing}?\" asked {hero}. \"Only {num} {look} {items},\" {said} the {mood} {creature}.",
			"« Avez-vous vu {mon thing} ? » a demandé {hero}. « Seulement {num} {items} {look.items} », {said} {le creature} {mood.creature}."},
		{"\"My {thing}!\" {said} {hero}. \"No {thing}, but {num} {look} {items},\" {said2} {a mood} {creature}.",
			"« {^mon thing} ! » {said} {hero}. « Pas {de thing}, mais {num} {items} {look.items} », {said2} {un creature} {mood.creature}."},
	},
	"lost.fix": {
		{"{^helper.he} found the {thing} {spot}, and {thing.again}.",
			"{^helper.il} a trouvé {le thing} {spot}, et {thing.again}."},
		{"{^manner}, {helper.he} took the {thing} that was {spot}, and {thing.again}.",
			"{^manner}, {helper.il} a pris {le thing} qui était {spot}, et {thing.again}."},
	},
	"lost.fail": {
		{"The {thing} is still {spot}.", "{^le thing} est encore {spot}."},
		{"The {thing} stayed {spot} {until}.", "{^le thing} est {thing:resté|restée} {spot} {until}."},
	},
	"lost.funny": {
		{"But the {thing} was not {spot} at all: it was {joke}!",
			"Mais {le thing} n'était pas du tout {spot} : {thing.il} était {joke} !"},
		{"Then {hero} sneezed {manner}, and there was the {thing}, {joke}!",
			"Puis {hero} a éternué {manner}, et voilà {le thing}, {joke} !"},
	},

	"storm.problem": {
		{"One {weather} {day}, a storm came {quarter} and took {num} {look} {items} and {hero}'s {+part}.",
			"Un {day} {weather}, une tempête est venue {quarter} et a pris {num} {items} {look.items} et {le part} {de hero}."},
		{"One {weather} {day}, the wind {quarter} blew {hero}'s {+part} to {place2}.",
			"Un {day} {weather}, le vent {quarter} a emporté {le part} {de hero} jusqu'à {place2}."},
	},
	"storm.trouble": {
		{"{^part.stay}, and {hero} hid {hide} with {num} {look} {items}.",
			"{^part.stay}, et {hero} s'est {hero:caché|cachée} {hide} avec {num} {items} {look.items}."},
		{"Since {part.stay}, {hero} slept {hide}.",
			"Comme {part.stay}, {hero} a dormi {hide}."},
	},
	"storm.talk": {
		{"\"What a wind! I lost {num} {look} {items},\" {said} the {mood} {creature}.",
			"« Quel vent ! J'ai perdu {num} {items} {look.items} », {said} {le creature} {mood.creature}."},
		{"\"Is it raining?\" {said} {a mood} {creature}. \"Only {taste} {food} and {look} {items},\" {said2} {hero}.",
			"« Est-ce qu'il pleut ? » {said} {un creature} {mood.creature}. « Seulement des {food} {taste.food} et des {items} {look.items} », {said2} {hero}."},
	},
	"storm.fix": {
		{"{^helper.he} built {a look} {part}, and {part.again}.",
			"{^helper.il} a construit {un part} {look.part}, et {part.again}."},
		{"{^manner}, {helper.he} made a {part} out of {many} {items}, and {part.again}.",
			"{^manner}, {helper.il} a fait {un part} avec {many} {items}, et {part.again}."},
	},
	"storm.fail": {
		{"The {part} never came back, and {hero} moved, {manner}, to {place2}.",
			"{^le part} n'est jamais {part:revenu|revenue}, et {hero} a déménagé, {manner}, à {place2}."},
		{"The {part} was sold to {a mood} {creature}.",
			"{^le part} a été {part:vendu|vendue} à {un creature} {mood.creature}."},
	},
	"storm.funny": {
		{"By {weekday} {hero} had forgotten the storm and liked the view.",
			"Dès {weekday}, {hero} avait oublié la tempête et aimait bien la vue."},
		{"{hero} dreamt of {num} {taste} {food}, and the {part} came home {manner}.",
			"{hero} a rêvé de {num} {food} {taste.food}, et {le part} est {part:rentré|rentrée} {manner}."},
	},

	"contest.problem": {
		{"{^season} there was {a contest} in {place}, and the prize was {a look} {+prize}.",
			"{^season}, il y a eu {un contest} à {place}, et le prix était {un prize} {look.prize}."},
		{"One {weather} {day}, {hero} entered {a contest} to win {a look} {+prize}.",
			"Un {day} {weather}, {hero} a participé à {un contest} pour gagner {un prize} {look.prize}."},
	},
	"contest.trouble": {
		{"{^manner}, {hero.his} {+gear} broke into {num} pieces.",
			"{^manner}, {son gear} s'est {gear:cassé|cassée} en {num} morceaux."},
		{"But {hero}'s {look} {+gear} broke, and the {mood} {creature} laughed {until}.",
			"Mais {le gear} {look.gear} {de hero} s'est {gear:cassé|cassée}, et {le creature} {mood.creature} a ri {until}."},
	},
	"contest.talk": {
		{"\"I ate {num} {taste} {food}, so I shall win,\" {said} {a mood} {+creature}.",
			"« J'ai mangé {num} {food} {taste.food}, donc je vais gagner », {said} {un creature} {mood.creature}."},
		{"\"My {look} {items} bring me luck,\" {said} {a mood} {+creature}.",
			"« Mes {items} {look.items} me portent chance », {said} {un creature} {mood.creature}."},
	},
	"contest.fix": {
		{"{^manner}, {helper.he} mended the {gear} with {num} {look} {items}, and {hero} won.",
			"{^manner}, {helper.il} a réparé {le gear} avec {num} {items} {look.items}, et {hero} a gagné."},
		{"{^helper.he} made {a look} {gear}, and the {prize} went to {hero}.",
			"{^helper.il} a fabriqué {un gear} {look.gear}, et {le prize} est {prize:allé|allée} à {hero}."},
	},
	"contest.fail": {
		{"The {gear} stayed broken, and the {creature} won the {prize}.",
			"{^le gear} est {gear:resté cassé|restée cassée}, et {le creature} a gagné {le prize}."},
		{"So the {prize} went to the {creature}, and {hero} got {num} {taste} {food}.",
			"Alors {le prize} est {prize:allé|allée} {au creature}, et {hero} a reçu {num} {food} {taste.food}."},
	},
	"contest.funny": {
		{"{hero} went the wrong way and won {a contest2} in {place2}.",
			"{hero} s'est {hero:trompé|trompée} de chemin et a gagné {un contest2} à {place2}."},
		{"{hero} fell asleep {manner}, and the {creature} won the {prize} but lost it {spot}.",
			"{hero} s'est {hero:endormi|endormie} {manner}, et {le creature} a gagné {le prize} mais l'a {prize:perdu|perdue} {spot}."},
	},

	"gift.problem": {
		{"One {weather} {day}, {hero} began to make {a look} {+prize} for {hero.his} {+relative}.",
			"Un {day} {weather}, {hero} a commencé à fabriquer {un prize} {look.prize} pour {son relative}."},
		{"{^season}, {hero} promised {hero.his} {+relative} {a look} {+prize}.",
			"{^season}, {hero} a promis à {son relative} {un prize} {look.prize}."},
	},
	"gift.trouble": {
		{"It took {many} {look} {+items}, and {hero.he} had only {num}.",
			"Il fallait {many} {items} {look.items}, et {hero.il} n'en avait que {num}."},
		{"But {a mood} {thief} ran off with the {many} {look} {+items} it took.",
			"Mais {un thief} {mood.thief} s'est {thief:sauvé|sauvée} avec les {many} {items} {look.items} qu'il fallait."},
	},
	"gift.talk": {
		{"\"Try {num} {taste} {food} or {num2} {look} {items2},\" {said} the {mood} {creature}.",
			"« Essaie {num} {food} {taste.food} ou {num2} {items2} {look.items2} », {said} {le creature} {mood.creature}."},
		{"\"No {items}?\" {said} {a mood} {creature}. \"No, only {num} {taste} {food},\" {said2} {hero}.",
			"« Pas {de items} ? » {said} {un creature} {mood.creature}. « Non, seulement {num} {food} {taste.food} », {said2} {hero}."},
	},
	"gift.fix": {
		{"{^helper.he} found the {items} {spot}, and the {relative} danced {manner} with the {prize}.",
			"{^helper.il} a trouvé {les items} {spot}, et {le relative} a dansé {manner} avec {le prize}."},
		{"{^helper.he} bought the {items} from {a mood} {creature}, and the {relative} kissed the {prize}.",
			"{^helper.il} a acheté {les items} à {un creature} {mood.creature}, et {le relative} a embrassé {le prize}."},
	},
	"gift.fail": {
		{"So the {relative} got no {prize}, only {num} {taste} {food}.",
			"Alors {le relative} n'a pas eu {de prize}, seulement {num} {food} {taste.food}."},
		{"Without the {items} there was no {prize}, and the {relative} sulked {until}.",
			"Sans {les items}, il n'y a pas eu {de prize}, et {le relative} a boudé {until}."},
	},
	"gift.funny": {
		{"{hero} forgot the {prize} {joke}, but the {relative} had forgotten {hero} too.",
			"{hero} a oublié {le prize} {joke}, mais {le relative} avait aussi oublié {hero}."},
		{"{hero} wrapped up {a tool} instead, and the {relative} wore it {until}.",
			"{hero} a emballé {un tool} à la place, et {le relative} l'a {tool:porté|portée} {until}."},
	},

	"quarrel.problem": {
		{"One {weather} {day}, {hero} and {friend} found {a look} {+prize} {spot}.",
			"Un {day} {weather}, {hero} et {friend} ont trouvé {un prize} {look.prize} {spot}."},
		{"{^spot}, one {weather} {day}, {a look} {+prize} lay between {hero} and {friend}.",
			"{^spot}, un {day} {weather}, il y avait {un prize} {look.prize} entre {hero} et {friend}."},
	},
	"quarrel.talk": {
		{"\"It is mine!\" {said} {hero}. \"No, mine!\" {said2} {friend}, and it broke into {num} pieces.",
			"« C'est à moi ! » {said} {hero}. « Non, à moi ! » {said2} {friend}, et {prize.il} s'est {prize:cassé|cassée} en {num} morceaux."},
		{"\"Give me the {prize}!\" {said} {friend}. \"For {num} {taste} {food}!\" {said2} {hero}, and it broke.",
			"« Donne-moi {le prize} ! » {said} {friend}. « Contre {num} {food} {taste.food} ! » {said2} {hero}, et {prize.il} s'est {prize:cassé|cassée}."},
	},
	"quarrel.trouble": {
		{"For {many} days {friend} ate {num} {taste} {food} alone.",
			"Pendant {many} jours, {friend} a mangé {num} {food} {taste.food} {friend:tout seul|toute seule}."},
		{"They spoke only to {a mood} {creature} and {num} {look} {items}.",
			"Ils n'ont parlé qu'à {un creature} {mood.creature} et à {num} {items} {look.items}."},
	},
	"quarrel.fix": {
		{"{^helper.he} glued the {prize} {manner} with {num} {taste} {food}.",
			"{^helper.il} a recollé {le prize} {manner} avec {num} {food} {taste.food}."},
		{"{^manner}, {helper.he} tied up the {prize} with {num} {look} {items}.",
			"{^manner}, {helper.il} a rafistolé {le prize} avec {num} {items} {look.items}."},
	},
	"quarrel.fail": {
		{"The {prize} is still in pieces, {hide}.", "{^le prize} est encore en morceaux, {hide}."},
		{"{^a mood} {creature} swept up the {prize} {manner}.", "{^un creature} {mood.creature} a balayé {le prize} {manner}."},
	},
	"quarrel.funny": {
		{"By {weekday} {hero} had forgotten the quarrel, and {friend} the {prize}.",
			"Dès {weekday}, {hero} avait oublié la dispute, et {friend}, {le prize}."},
		{"{hero} forgot to be cross and brought {friend} {num} {taste} {food}.",
			"{hero} a oublié de bouder et a apporté à {friend} {num} {food} {taste.food}."},
	},

	"thanks": {
		{"But {friend} came {manner} with {a look} {tool} and {num} {items3}.",
			"Mais {friend} est {friend:venu|venue} {manner} avec {un tool} {look.tool} et {num} {items3}."},
		{"\"You were good to me,\" {said} {friend}, and brought {a look} {tool}.",
			"« Tu as été {hero:bon|bonne} avec moi », {said} {friend} en apportant {un tool} {look.tool}."},
	},
	"sorry": {
		{"\"I am sorry,\" {said} {hero}, with {num} {taste} {food}, and {friend} came with {a tool}.",
			"« Pardon », {said} {hero}, avec {num} {food} {taste.food}, et {friend} est {friend:venu|venue} avec {un tool}."},
		{"{hero} begged pardon {manner}, and {friend} fetched {a look} {tool}.",
			"{hero} a demandé pardon {manner}, et {friend} est {friend:allé|allée} chercher {un tool} {look.tool}."},
	},
	"alone": {
		{"Nobody came, so {hero} took {a look} {tool}.", "Personne n'est venu, alors {hero} a pris {un tool} {look.tool}."},
		{"{friend} stayed away, so {hero} bought {a look} {tool}.", "{friend} n'est pas {friend:venu|venue}, alors {hero} a acheté {un tool} {look.tool}."},
	},
	"nobody": {
		{"{friend} heard of it and shut {friend.his} door {manner}.", "{friend} l'a appris et a fermé sa porte {manner}."},
		{"Nobody came, least of all {friend}, who ate {num} {taste} {food}.",
			"Personne n'est venu, surtout pas {friend}, qui mangeait {num} {food} {taste.food}."},
	},

	"happy": {
		{"{hero} and {friend} danced {until} and shared {num} {taste} {food}.",
			"{hero} et {friend} ont dansé {until} et ont partagé {num} {food} {taste.food}."},
		{"{^manner}, {hero} hugged {friend}, and they sang {until}.",
			"{^manner}, {hero} a embrassé {friend}, et ils ont chanté {until}."},
		{"They feasted {until} on {num} {taste} {food} and {num2} {taste2} {food2}.",
			"Ils ont festoyé {until} avec {num} {food} {taste.food} et {num2} {food2} {taste2.food2}."},
	},
	"lonely": {
		{"But nobody cheered, only {num} {look} {items}.",
			"Mais personne n'a applaudi, sauf {num} {items} {look.items}."},
		{"Then {hero} ate {num} {taste} {food}, alone, {hide}.",
			"Puis {hero} a mangé {num} {food} {taste.food}, {hero:seul|seule}, {hide}."},
	},
	"mended": {
		{"Now {hero} shares everything, even {taste} {food}.",
			"Maintenant, {hero} partage tout, même les {food} {taste.food}."},
		{"\"Next time, bring {num} {taste} {food},\" {said} {friend}.",
			"« La prochaine fois, apporte {num} {food} {taste.food} », {said} {friend}."},
	},
	"sad": {
		{"{hero} took {num} {taste} {food} to bed and cried {until}.",
			"{hero} a emporté {num} {food} {taste.food} au lit et a pleuré {until}."},
		{"And {hero} sat {hide} {until}.",
			"Et {hero} est {hero:resté assis|restée assise} {hide} {until}."},
	},
	"funny": {
		{"Everyone laughed {until}, above all the {mood} {creature}.",
			"Tout le monde a ri {until}, surtout {le creature} {mood.creature}."},
		{"\"At least we have {num} {taste} {food},\" {said} {friend}.",
			"« Au moins, nous avons {num} {food} {taste.food} », {said} {friend}."},
	},
}
