package stories

import "slices"

// A gender is that of a French noun, with its number.
type gender uint8

const (
	none gender = iota
	masculine
	feminine
	masculinePlural
	femininePlural
)

// A pair says the same in English and in French.
type pair struct{ en, fr string }

// A word is an entry of a word list: a noun, an adjective, or a phrase that stays as it is.
type word struct {
	pair
	fem    string // of an adjective: the French feminine; fr is the masculine
	gender gender // of a noun

	stay  pair // what is wrong while the thing is missing
	again pair // what is right when it is back
}

func m(en, fr string) word          { return word{pair: pair{en, fr}, gender: masculine} }
func f(en, fr string) word          { return word{pair: pair{en, fr}, gender: feminine} }
func ms(en, fr string) word         { return word{pair: pair{en, fr}, gender: masculinePlural} }
func fs(en, fr string) word         { return word{pair: pair{en, fr}, gender: femininePlural} }
func adj(en, masc, fem string) word { return word{pair: pair{en, masc}, fem: fem} }
func say(en, fr string) word        { return word{pair: pair{en, fr}} }

// without adds to a noun what its absence causes and what its return mends.
func (w word) without(en, fr, again, encore string) word {
	w.stay, w.again = pair{en, fr}, pair{again, encore}
	return w
}

// heNames and sheNames share no name: a name tells he from she.
var heNames = []word{m("Pip", "Pip"), m("Otto", "Otto"), m("Basil", "Basil"), m("Hugo", "Hugo")}

var sheNames = []word{f("Olga", "Olga"), f("Mabel", "Mabel"), f("Posy", "Posy"), f("Clementine", "Clementine")}

var heSpecies = []word{
	m("hedgehog", "hérisson"), m("badger", "blaireau"), m("fox", "renard"), m("bear", "ours"), m("rabbit", "lapin"),
	m("toad", "crapaud"), m("owl", "hibou"), m("crow", "corbeau"), m("wolf", "loup"), m("donkey", "âne"), m("mouse", "souriceau"),
	m("beaver", "castor"), m("goat", "bouc"), m("duck", "canard"), m("sparrow", "moineau"), m("rat", "rat"),
	m("cat", "chat"), m("dog", "chien"), m("pig", "cochon"), m("ram", "bélier"),
}

var sheSpecies = []word{
	f("hedgehog", "hérissonne"), f("otter", "loutre"), f("fox", "renarde"), f("bear", "ourse"), f("rabbit", "lapine"),
	f("frog", "grenouille"), f("owl", "chouette"), f("crow", "corneille"), f("wolf", "louve"), f("donkey", "ânesse"),
	f("mouse", "souris"), f("mole", "taupe"), f("goat", "chèvre"), f("duck", "cane"), f("tortoise", "tortue"), f("rat", "rate"),
	f("cat", "chatte"), f("dog", "chienne"), f("hen", "poule"), f("cow", "vache"),
}

// traits come in five kinds; a character's kind decides what it does.
var traits = [...][]word{
	bold:    {adj("brave", "courageux", "courageuse"), adj("bold", "hardi", "hardie"), adj("curious", "curieux", "curieuse")},
	timid:   {adj("shy", "timide", "timide"), adj("quiet", "discret", "discrète"), adj("careful", "prudent", "prudente")},
	selfish: {adj("greedy", "avide", "avide"), adj("proud", "orgueilleux", "orgueilleuse"), adj("grumpy", "grognon", "grognonne")},
	warm:    {adj("kind", "gentil", "gentille"), adj("gentle", "doux", "douce"), adj("generous", "généreux", "généreuse")},
	dreamy:  {adj("forgetful", "étourdi", "étourdie"), adj("dreamy", "rêveur", "rêveuse"), adj("dizzy", "farfelu", "farfelue")},
}

// allTraits are the traits of every kind.
var allTraits = slices.Concat(traits[:]...)

// lists are the words that a sentence draws from, by the name of the slot.
var lists = map[string][]word{
	"place": {
		say("Puddlemere", "Puddlemere"), say("Mossbury", "Mossbury"), say("Thistledown", "Thistledown"), say("Crumbleford", "Crumbleford"),
		say("Owlstead", "Owlstead"), say("Bramble End", "Bramble End"), say("Upper Sneeze", "Upper Sneeze"), say("Lower Sneeze", "Lower Sneeze"),
		say("Teacup Hill", "Teacup Hill"), say("Little Muddle", "Little Muddle"), say("Fernwick", "Fernwick"), say("Dozing", "Dozing"),
		say("Plumbridge", "Plumbridge"), say("Ninepins", "Ninepins"), say("Saltwhistle", "Saltwhistle"), say("Buttonhole", "Buttonhole"),
		say("Mud", "Mud"), say("Nettlebed", "Nettlebed"), say("Frogmore", "Frogmore"), say("Wobble", "Wobble"), say("Gooseford", "Gooseford"), say("Pickle", "Pickle"), say("Snug", "Snug"), say("Yonder", "Yonder"),
	},
	"job": {
		say("mended clocks", "réparait des horloges"), say("sold buttons", "vendait des boutons"), say("baked bread", "faisait du pain"),
		say("grew pumpkins", "cultivait des citrouilles"), say("kept bees", "élevait des abeilles"), say("painted boats", "peignait des bateaux"),
		say("counted stars", "comptait les étoiles"), say("knitted socks", "tricotait des chaussettes"), say("collected spoons", "collectionnait les cuillères"),
		say("taught snails to dance", "apprenait aux escargots à danser"), say("wrote sad songs", "écrivait des chansons tristes"),
		say("built kites", "fabriquait des cerfs-volants"), say("tuned pianos", "accordait des pianos"), say("swept chimneys", "ramonait les cheminées"),
		say("hunted commas", "chassait les virgules"), say("trained fleas", "dressait des puces"), say("polished pebbles", "polissait des cailloux"),
		say("weighed clouds", "pesait les nuages"), say("folded maps", "pliait des cartes"), say("ironed leaves", "repassait des feuilles"),
		say("sold moonlight", "vendait du clair de lune"), say("drew dragons", "dessinait des dragons"), say("juggled eggs", "jonglait avec des œufs"),
		say("raced beetles", "faisait courir des scarabées"),
		say("sold hats", "vendait des chapeaux"), say("baked pies", "faisait des tourtes"), say("dug holes", "creusait des trous"), say("caught fog", "attrapait le brouillard"), say("told lies", "racontait des mensonges"), say("tamed geese", "apprivoisait des oies"), say("kept secrets", "gardait des secrets"), say("sewed flags", "cousait des drapeaux"),
	},
	"home": {
		say("in a teapot", "dans une théière"), say("in an old boot", "dans une vieille botte"), say("in a hollow oak", "dans un chêne creux"),
		say("in a windmill", "dans un moulin à vent"), say("under a bridge", "sous un pont"), say("in a lighthouse", "dans un phare"),
		say("in a piano", "dans un piano"), say("behind the bakery", "derrière la boulangerie"), say("above the post office", "au-dessus de la poste"),
		say("on a hill", "sur une colline"), say("by the river", "au bord de la rivière"), say("in a cuckoo clock", "dans un coucou"),
		say("in a hat box", "dans un carton à chapeaux"), say("in a bell tower", "dans un clocher"), say("beside a volcano", "à côté d'un volcan"),
		say("up a ladder", "en haut d'une échelle"),
		say("in a jug", "dans une cruche"), say("in a tuba", "dans un tuba"), say("in a haystack", "dans une meule de foin"), say("up a tree", "en haut d'un arbre"), say("in a pumpkin", "dans une citrouille"), say("in a letterbox", "dans une boîte aux lettres"), say("by the sea", "au bord de la mer"), say("in a tent", "sous une tente"),
	},
	"weather": {
		say("windy", "de vent"), say("rainy", "de pluie"), say("foggy", "de brouillard"), say("sunny", "de soleil"), say("snowy", "de neige"),
		say("frosty", "de gel"), say("lazy", "de paresse"), say("lucky", "de chance"), say("busy", "de travail"), say("moonlit", "de pleine lune"),
		say("festive", "de fête"), say("market", "de marché"),
	},
	"day": {
		m("morning", "matin"), m("evening", "soir"), m("afternoon", "après-midi"), m("day", "jour"), m("Monday", "lundi"), m("Tuesday", "mardi"),
		m("Wednesday", "mercredi"), m("Thursday", "jeudi"), m("Friday", "vendredi"), m("Saturday", "samedi"), m("Sunday", "dimanche"),
	},
	"weekday": {
		m("Monday", "lundi"), m("Tuesday", "mardi"),
		m("Wednesday", "mercredi"), m("Thursday", "jeudi"), m("Friday", "vendredi"), m("Saturday", "samedi"), m("Sunday", "dimanche"),
	},
	"season": {
		say("that spring", "ce printemps-là"), say("that summer", "cet été-là"), say("that autumn", "cet automne-là"), say("that winter", "cet hiver-là"),
	},
	"num": {
		say("two", "deux"), say("three", "trois"), say("four", "quatre"), say("five", "cinq"), say("six", "six"), say("seven", "sept"),
		say("eight", "huit"), say("nine", "neuf"),
	},
	"many": {
		say("ten", "dix"), say("eleven", "onze"), say("twelve", "douze"), say("twenty", "vingt"), say("thirty", "trente"), say("forty", "quarante"),
		say("fifty", "cinquante"), say("sixty", "soixante"),
	},
	"look": {
		adj("red", "rouge", "rouge"), adj("green", "vert", "verte"), adj("blue", "bleu", "bleue"), adj("yellow", "jaune", "jaune"),
		adj("grey", "gris", "grise"), adj("black", "noir", "noire"), adj("white", "blanc", "blanche"), adj("pink", "rose", "rose"),
		adj("purple", "violet", "violette"), adj("silver", "argenté", "argentée"), adj("golden", "doré", "dorée"), adj("striped", "rayé", "rayée"),
		adj("spotted", "tacheté", "tachetée"), adj("crooked", "tordu", "tordue"), adj("dusty", "poussiéreux", "poussiéreuse"),
		adj("shiny", "brillant", "brillante"), adj("round", "rond", "ronde"), adj("square", "carré", "carrée"), adj("sticky", "collant", "collante"),
		adj("fluffy", "duveteux", "duveteuse"),
		adj("soft", "mou", "molle"), adj("damp", "humide", "humide"), adj("thin", "mince", "mince"), adj("flat", "plat", "plate"),
	},
	"taste": {
		adj("cold", "froid", "froide"), adj("hot", "chaud", "chaude"), adj("burnt", "brûlé", "brûlée"), adj("sweet", "sucré", "sucrée"),
		adj("salted", "salé", "salée"), adj("bitter", "amer", "amère"), adj("ripe", "mûr", "mûre"), adj("stolen", "volé", "volée"),
		adj("frozen", "gelé", "gelée"), adj("mouldy", "moisi", "moisie"), adj("smoked", "fumé", "fumée"), adj("enormous", "énorme", "énorme"),
		adj("raw", "cru", "crue"), adj("dry", "sec", "sèche"), adj("sour", "aigre", "aigre"), adj("fried", "frit", "frite"),
	},
	"food": {
		fs("plums", "prunes"), fs("pears", "poires"), fs("figs", "figues"), fs("cherries", "cerises"), fs("carrots", "carottes"),
		ms("turnips", "navets"), fs("pancakes", "crêpes"), fs("waffles", "gaufres"), ms("muffins", "muffins"), fs("tarts", "tartes"),
		fs("dumplings", "boulettes"), ms("eggs", "œufs"), ms("cheeses", "fromages"), fs("sausages", "saucisses"), fs("sardines", "sardines"),
		ms("mushrooms", "champignons"), fs("walnuts", "noix"), fs("chestnuts", "châtaignes"), fs("potatoes", "pommes de terre"), ms("lemons", "citrons"),
		ms("cakes", "gâteaux"), ms("biscuits", "biscuits"), ms("puddings", "flans"), fs("olives", "olives"),
		ms("pies", "pâtés"), ms("buns", "petits pains"), ms("leeks", "poireaux"), ms("peas", "petits pois"), fs("nuts", "noisettes"), fs("clams", "palourdes"), ms("beans", "haricots"), ms("melons", "melons"),
	},
	"items": {
		ms("buttons", "boutons"), fs("spoons", "cuillères"), ms("umbrellas", "parapluies"), fs("socks", "chaussettes"), fs("candles", "bougies"),
		ms("pebbles", "cailloux"), fs("feathers", "plumes"), fs("bottles", "bouteilles"), ms("hats", "chapeaux"), ms("books", "livres"),
		fs("teapots", "théières"), ms("balloons", "ballons"), ms("pencils", "crayons"), fs("marbles", "billes"), ms("ribbons", "rubans"),
		ms("baskets", "paniers"), ms("shells", "coquillages"), fs("boots", "bottes"), ms("jars", "bocaux"), ms("mirrors", "miroirs"),
		ms("whistles", "sifflets"), fs("wigs", "perruques"), fs("slugs", "limaces"), ms("cushions", "coussins"),
		ms("drums", "tambours"), fs("maps", "cartes"), ms("nails", "clous"), ms("gloves", "gants"), fs("ropes", "cordes"), ms("fans", "éventails"), fs("rings", "bagues"), fs("bricks", "briques"),
	},
	"mood": {
		adj("sleepy", "endormi", "endormie"), adj("hungry", "affamé", "affamée"), adj("polite", "poli", "polie"), adj("cross", "fâché", "fâchée"),
		adj("nosy", "indiscret", "indiscrète"), adj("wet", "mouillé", "mouillée"), adj("famous", "célèbre", "célèbre"), adj("nervous", "nerveux", "nerveuse"),
		adj("retired", "retraité", "retraitée"), adj("cheerful", "joyeux", "joyeuse"), adj("tired", "fatigué", "fatiguée"), adj("elegant", "élégant", "élégante"),
		adj("wise", "savant", "savante"), adj("bald", "chauve", "chauve"),
		adj("lost", "égaré", "égarée"), adj("old", "âgé", "âgée"), adj("rude", "impoli", "impolie"), adj("jolly", "jovial", "joviale"), adj("silly", "nigaud", "nigaude"), adj("vain", "vaniteux", "vaniteuse"),
	},
	"creature": {
		m("snail", "escargot"), m("heron", "héron"), m("postman", "facteur"), m("mayor", "maire"), m("beetle", "scarabée"), m("cuckoo", "coucou"),
		f("spider", "araignée"), f("seagull", "mouette"), f("goose", "oie"), f("judge", "juge"), m("plumber", "plombier"), f("bee", "abeille"),
		m("ghost", "fantôme"), f("witch", "sorcière"), m("pirate", "pirate"), m("poet", "poète"),
		m("clown", "clown"), f("nun", "nonne"), m("king", "roi"), f("queen", "reine"), f("wasp", "guêpe"), m("monk", "moine"), m("cook", "cuisinier"), f("bat", "chauve-souris"),
	},
	"said": {
		say("said", "a dit"), say("sighed", "a soupiré"), say("whispered", "a chuchoté"), say("laughed", "a ri"), say("grumbled", "a grommelé"),
		say("sang", "a chanté"), say("yawned", "a bâillé"), say("shouted", "a crié"), say("croaked", "a croassé"), say("hummed", "a fredonné"),
		say("muttered", "a marmonné"), say("sobbed", "a sangloté"),
		say("hissed", "a sifflé"), say("growled", "a grogné"), say("moaned", "a gémi"), say("lied", "a menti"),
	},
	"manner": {
		say("slowly", "lentement"), say("softly", "doucement"), say("twice", "deux fois"), say("with care", "avec soin"), say("like a king", "comme un roi"),
		say("on tiptoe", "sur la pointe des pieds"), say("with a sigh", "en soupirant"), say("backwards", "à reculons"), say("in the rain", "sous la pluie"),
		say("without a word", "sans un mot"), say("at once", "aussitôt"), say("with a hiccup", "avec un hoquet"), say("very fast", "très vite"),
		say("by moonlight", "au clair de lune"), say("in a hurry", "en hâte"), say("upside down", "la tête en bas"),
		say("at noon", "à midi"), say("in tears", "en larmes"), say("by bus", "en autobus"), say("at dusk", "au crépuscule"), say("in style", "avec élégance"), say("with pride", "avec fierté"), say("for luck", "pour la chance"),
	},
	"spot": {
		say("under the bridge", "sous le pont"), say("in the well", "dans le puits"), say("behind the mill", "derrière le moulin"),
		say("in the pond", "dans l'étang"), say("in a nest", "dans un nid"), say("under a cabbage", "sous un chou"), say("in the hay", "dans le foin"),
		say("on the roof", "sur le toit"), say("in the brook", "dans le ruisseau"), say("among the nettles", "parmi les orties"),
		say("in a chimney", "dans une cheminée"), say("beside the gate", "à côté du portail"), say("in a beehive", "dans une ruche"),
		say("under a cow", "sous une vache"), say("in the moat", "dans les douves"), say("behind the moon", "derrière la lune"),
		say("in a hedge", "dans une haie"), say("up a pole", "en haut d'un poteau"), say("in the mud", "dans la boue"), say("in a tree", "dans un arbre"), say("by a tree stump", "près d'une souche"), say("under ice", "sous la glace"), say("in a ditch", "dans un fossé"), say("in jelly", "dans de la gelée"),
	},
	"hide": {
		say("under the bed", "sous le lit"), say("in the cupboard", "dans l'armoire"), say("behind the clock", "derrière l'horloge"),
		say("in the oven", "dans le four"), say("in a barrel", "dans un tonneau"), say("under a pan", "sous une casserole"), say("in the bath", "dans la baignoire"),
		say("behind a curtain", "derrière un rideau"), say("in a drawer", "dans un tiroir"), say("under the rug", "sous le tapis"),
		say("in the piano", "dans le piano"), say("in a sack", "dans un sac"),
	},
	"tool": {
		f("rope", "corde"), f("ladder", "échelle"), f("lantern", "lanterne"), m("net", "filet"), f("wheelbarrow", "brouette"), m("hook", "crochet"),
		m("magnet", "aimant"), m("hammer", "marteau"), f("saw", "scie"), f("shovel", "pelle"), f("ruler", "règle"), f("trumpet", "trompette"),
		f("drill", "perceuse"), f("spade", "bêche"), m("winch", "treuil"), m("kettle", "chaudron"),
	},
	"thief": {
		f("magpie", "pie"), m("goblin", "lutin"), m("kitten", "chaton"), m("cloud", "nuage"), m("puppy", "chiot"), f("weasel", "belette"),
		m("jackdaw", "choucas"), m("monkey", "singe"),
		m("troll", "troll"), m("ferret", "furet"), m("gnome", "gnome"), m("duke", "duc"),
	},
	"quarter": {
		say("from the north", "du nord"), say("from the sea", "de la mer"), say("from the hills", "des collines"), say("from the lake", "du lac"),
		say("from nowhere", "de nulle part"), say("from the woods", "des bois"), say("from abroad", "de l'étranger"), say("from the east", "de l'est"),
	},
	"thing": {
		f("key", "clé").without("the door stayed shut", "la porte est restée fermée", "the door opened", "la porte s'est ouverte"),
		f("lamp", "lampe").without("the house stayed dark", "la maison est restée sombre", "the house was bright", "la maison s'est éclairée"),
		m("bucket", "seau").without("the garden stayed dry", "le jardin est resté sec", "the garden bloomed", "le jardin a fleuri"),
		f("needle", "aiguille").without("the coat stayed torn", "le manteau est resté déchiré", "the coat was sewn", "le manteau a été recousu"),
		f("pan", "poêle").without("the stove stayed cold", "le fourneau est resté froid", "the stove was lit", "le fourneau a été allumé"),
		m("fiddle", "violon").without("the dancers stayed sitting", "les danseurs sont restés assis", "the dancers jumped up", "les danseurs ont bondi"),
		m("stamp", "timbre").without("the letter stayed at home", "la lettre est restée à la maison", "the letter flew off", "la lettre s'est envolée"),
		m("whistle", "sifflet").without("the train stayed at the station", "le train est resté en gare", "the train left", "le train est parti"),
		f("map", "carte").without("the boat stayed in port", "le bateau est resté au port", "the boat sailed", "le bateau a pris la mer"),
		f("bell", "cloche").without("the school stayed asleep", "l'école est restée endormie", "the school woke up", "l'école s'est réveillée"),
		m("corkscrew", "tire-bouchon").without("the bottle stayed full", "la bouteille est restée pleine", "the bottle popped", "la bouteille a été débouchée"),
		f("crown", "couronne").without("the throne stayed empty", "le trône est resté vide", "the throne was taken", "le trône a été occupé"),
	},
	"part": {
		m("roof", "toit").without("it rained on the bed", "il pleuvait sur le lit", "the bed was dry", "le lit était sec"),
		f("chimney", "cheminée").without("smoke filled the kitchen", "la fumée remplissait la cuisine", "the smoke went out", "la fumée est sortie"),
		f("door", "porte").without("the wind never knocked", "le vent ne frappait jamais", "the wind knocked first", "le vent a frappé d'abord"),
		f("window", "fenêtre").without("snow fell in the soup", "la neige tombait dans la soupe", "the soup was hot", "la soupe était chaude"),
		m("wall", "mur").without("everyone saw the bath", "tout le monde voyait la baignoire", "the bath was private", "la baignoire était à l'abri"),
		m("staircase", "escalier").without("the attic was far away", "le grenier était loin", "the attic was near", "le grenier était tout près"),
		m("balcony", "balcon").without("the roses wept", "les roses pleuraient", "the roses smiled", "les roses souriaient"),
		m("floor", "plancher").without("the chairs fell down", "les chaises tombaient", "the chairs stood", "les chaises tenaient debout"),
	},
	"contest": {
		m("pie contest", "concours de tourtes"), f("kite race", "course de cerfs-volants"), m("singing contest", "concours de chant"),
		f("boat race", "course de bateaux"), f("snail race", "course d'escargots"), m("yawning contest", "concours de bâillements"),
		m("jam contest", "concours de confitures"), f("sack race", "course en sac"), m("whistling contest", "concours de sifflements"),
		f("donkey race", "course d'ânes"), m("sneezing contest", "concours d'éternuements"), f("cabbage fair", "foire aux choux"),
	},
	"gear": {
		f("wheel", "roue"), f("spoon", "cuillère"), f("oar", "rame"), f("string", "ficelle"), m("drum", "tambour"), f("pump", "pompe"), m("bow", "archet"),
		f("saddle", "selle"), f("pedal", "pédale"), m("spring", "ressort"),
	},
	"prize": {
		f("cup", "coupe"), f("medal", "médaille"), f("clock", "pendule"), m("flag", "drapeau"), m("kite", "cerf-volant"), f("flute", "flûte"),
		f("puppet", "marionnette"), f("sledge", "luge"), m("toy boat", "petit bateau"), f("scarf", "écharpe"), m("vase", "vase"), m("tambourine", "tambourin"),
		m("telescope", "télescope"), f("statue", "statue"),
	},
	"relative": {
		f("aunt", "tante"), m("uncle", "oncle"), f("grandmother", "grand-mère"), m("grandfather", "grand-père"), m("cousin", "cousin"),
		f("sister", "sœur"), m("brother", "frère"), m("teacher", "professeur"), m("dentist", "dentiste"), m("doctor", "médecin"),
	},
	"until": {
		say("until midnight", "jusqu'à minuit"), say("until dawn", "jusqu'à l'aube"), say("until the moon set", "jusqu'au coucher de la lune"),
		say("until tea", "jusqu'au goûter"), say("until spring", "jusqu'au printemps"), say("all night", "toute la nuit"), say("for an hour", "pendant une heure"),
		say("for a week", "pendant une semaine"), say("until breakfast", "jusqu'au petit déjeuner"), say("for ages", "pendant une éternité"),
	},
	"joke": {
		say("in the left boot", "dans la botte gauche"), say("under the hat", "sous le chapeau"), say("in the teapot", "dans la théière"),
		say("behind one ear", "derrière une oreille"), say("in the soup", "dans la soupe"), say("in the breadbin", "dans la boîte à pain"),
		say("under the cat", "sous le chat"), say("in plain sight", "bien en vue"),
	},
}
