"""Words with which a sentence about oneself says nothing that a CV would have to carry, by language, and verbs whose noun "
"begins otherwise."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from rolecall.text.words import WORD, fold, listed
from rolecall.text.yaml_tables import read_table

FREE = {
    "en": listed(
        "apply applying mention bring professional present view matter speaks wish note add say cv resume recent nearby first "
        "a an the i i'm i've i'd i'll my mine me myself we our us it its this that these those there here he she they them their who whom "
        "which what where when while whilst as at by for from in into of off on onto out over per through to towards toward under up upon "
        "via with within during since until till before after between among amongst along alongside around about across near next and or "
        "but both as than then so also too well such like including include includes included am is are was were be been being do does did "
        "doing done have has had having can could may might would will shall must get got gets getting make made makes making take took "
        "taken takes taking give gave given gives come came go went gone going keep kept become became start started begin began begun "
        "work worked works working worker job jobs role roles position positions post time times period year years month months week weeks "
        "day days daily today now currently current still already earlier later previously previous former formerly recent recently most "
        "last past ago yet afterwards beforehand career experience experienced experiences skill skills skilled knowledge know knew known "
        "use used uses using part task tasks duty duties responsibility responsibilities responsible area areas field company employer "
        "firm place places things thing way ways kind kinds sort lot many several various some any other others another one "
        "ones name names "
        "called spend spent bring brought able ability learn learned learnt study studied studies hold held holder holds earn "
        "earned obtain "
        "obtained graduate graduated graduating graduation school degree qualification qualified complete completed finish "
        "finished attend attended "
        "speak spoke spoken language languages level good how if because though although however therefore together "
        "mostly mainly partly particularly especially e.g. etc approximately roughly nearly almost some there's "
        "involve involved involves belong belonged cover covered covers across am based january february march april may june july august "
        "september october november december spring summer autumn winter morning evening whose live lived living "
        "percent milliseconds kilometres kilometers miles dollars euros euro pounds points minutes hours seconds down left "
        "joined dates dated date lasted base becoming same own more "
        "card ticket certificate certificates certification certified category class grade handle handled look looked see saw "
        "seen besides moreover furthermore additionally finally lastly throughout per sector trade "
        "practice belong back go myself typical usual usually equivalent briefly turn turned domains different yes tools tool people "
        "number numbers years' year's months' weeks' ago total altogether count counts worth means mean show shows showed "
        "help helped helps helping assist assisted support supported supporting right just"
    ),
    "de": listed(
        "hiermit bewerbe bringe folgendes nur mal blick erwahne sagen lebenslauf steht derselben stellen bisherigen bisherige "
        "zusatzlich ebenfalls daruber hinaus gefragt thema angeht zum "
        "ich mein meine meinen meinem meiner meines mich mir wir uns unser unsere unserem unseren man der die das den dem des ein eine "
        "einen einem einer eines und oder aber sowie als am an auf aus bei beim bis damit dabei dafur danach daneben dann dazu davor dort "
        "durch fur gegen hier hinter im in ins mit mithilfe nach neben ob ohne pro rund etwa knapp circa seit seitdem sich so "
        "uber um unter "
        "vom von vor vorher wahrend wie wo zu zudem zuletzt zum zur zuvor zwischen auch bereits schon noch heute derzeit aktuell momentan "
        "jetzt nun damals fruher spater zunachst anschliessend ausserdem unter anderem bin bist ist sind war waren habe hat hatte haben "
        "hatten gehabt werde wird wurde wurden worden kann konnte konnten darf muss musste sein gewesen machen mache machte "
        "gemacht tue getan "
        "arbeite arbeitete arbeiten gearbeitet arbeit tatig tatigkeit beschaftigt angestellt stelle job beruf beruflich position aufgabe "
        "aufgaben aufgabenbereich gehort gehorte gehorten gehoren zustandig verantwortlich erfahrung erfahrungen "
        "berufserfahrung kenntnisse "
        "kenne kennen jahr jahre jahren jahres monat monate monaten tag tage tagen taglich woche zeit betrieb firma unternehmen "
        "arbeitgeber bereich bereiche beherrsche verfuge besitze besitz bringe mitgebracht mit spreche sprechen sprache "
        "sprachen niveau stufe note "
        "abgeschlossen absolviert erworben gelernt lernte studiert studium abschluss ausbildung schule "
        "gemacht gut sehr viel viele mehrere verschiedene einige andere anderem weitere wo wobei welche dass wenn es ihn sie er ihr "
        "januar februar marz april mai juni juli august september oktober november dezember fruhling sommer herbst winter vor allem "
        "begonnen begann anfang angefangen gewechselt wechselte kam ging stamme lebe wohne nutze nutzte benutze verwende "
        "prozent prozentpunkt prozentpunkte euro stunden minuten kilometer mehr gern gerne praxis heutigen heutige heute "
        "selbst direkt ende klasse "
        "klassen gelernter gelernte weiterbildung weiterbildungen lehre lehrbetrieb liegt lag vor dauerte fiel fielen endete "
        "blieb verliess "
        "fuhrte absolvierte erstelle erstellt erstellte erreicht alltag gewohnt ihre ihren ihrem ihr inzwischen mittlerweile fast beinahe "
        "manche manchen zeiten weit zuruck ging ab legte bestand bestanden umfasste umfasst vertraut mitgearbeitet geholfen beteiligt "
        "setze eingesetzt darin dessen deren diese dieser diesem diesen dieses jede jeden jeder beide beiden"
    ),
    "fr": listed(
        "adresse candidature apporte apporterais dernierement vie professionnelle professionnel parcours compte dire repondre "
        "ceci ajoute cv dit cite meme par ailleurs que plus peux aidais aidait aider "
        "je j j'ai ai as a avons avez ont avais avait avaient aurai aurais etais etait etaient ete etant suis es est sommes sont fus fut "
        "serai sera mon ma mes moi me m nous notre nos on y en le la les l un une des du de d et ou mais ainsi que qu qui dont ou au aux "
        "a avec chez comme contre dans depuis pendant durant des entre jusque jusqu'en jusqu jusqu'a lors par parmi pour sans "
        "selon sous sur vers "
        "puis ensuite avant apres auparavant alors aujourd'hui actuellement actuel actuelle deja encore toujours aussi egalement notamment "
        "environ pres plus tres bien ce cet cette ces cela c c'est il elle ils elles se s n ne pas lui leur leurs plusieurs "
        "divers autres autre "
        "travaille travaillais travailler travail travaux poste postes emploi metier fonction fonctions mission missions tache taches "
        "entreprise societe employeur exerce exerces exercais exercer occupe occupais charge chargee responsable fait fais faisais faire "
        "pris prends prenais prendre mets mis mettre an ans annee annees mois semaine semaines jour jours temps periode experience "
        "experiences competence competences connais connaissance connaissances sais savoir maitrise utilise utilisais utiliser "
        "parle parlais langue "
        "langues niveau titulaire obtenu obtenue obtins detiens possede suivi suivie etudes etudie diplome diplomee formation ecole "
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre printemps ete automne hiver "
        "euros pourcent points heures minutes tenu tenais outils outil metier monde celui celle ceux suite gagner partie vient viens "
        "soixantaine soir commence debute debut devenu devenue rejoint quitte participe ou la-bas dispose assure assurais"
    ),
    "es": listed(
        "presento candidatura aporto aportaria vida profesional reciente trayectoria abarca decir responder anado curriculum "
        "dice nombra mismo puedo solo solamente "
        "yo mi mis me nos nuestro nuestra nuestros el la los las lo un una unos unas y e o u pero ni que quien donde cuando como a al ante "
        "bajo con contra de del desde durante en entre hacia hasta para por segun sin sobre tras antes despues luego ahora actualmente "
        "actual hoy alli ademas tambien ya aun todavia siempre muy mas bien cerca casi este esta estos estas ese esa eso su sus se le les "
        "soy eres es somos son era eran fui fue fueron sido siendo ser estoy esta estaba estuve estado estar he ha hemos han habia haber "
        "tengo tiene tenia tuve tener hago hice hacia hacer llevo llevaba llevar puedo pude trabajo trabaje trabajaba trabajar "
        "trabajos puesto puestos cargo empleo empresa ocupe ocupaba ocupo encargue encargaba encargado encargada encargo responsable "
        "tarea tareas funcion funciones labor dedico dedicaba ano anos mes meses semana semanas dia dias diario diaria diariamente tiempo "
        "experiencia experiencias conocimiento conocimientos conozco se uso utilizo utilizaba manejo manejaba domino hablo hablaba idioma "
        "idiomas nivel titulo titulacion titulado titulada obtuve obtenido poseo cuento estudie estudio estudios estudiado curse cursado "
        "cursando cursar termine terminado formacion escuela enero febrero marzo abril mayo junio julio agosto septiembre "
        "octubre noviembre "
        "puntos euros horas minutos hice deje pase paso trabajado titule gradue curso cursos he conduzco conducir carne carnet "
        "aprendi aprendido diciembre primavera verano otono invierno empece comence inicie incorpore parte otros otras varios "
        "varias unos mediante"
    ),
}  # fmt: skip

DERIVED = {
    "de": "disponier:disposition vertret:vertretung:urlaubsvertretung leit:leitung inbetriebnahme:betrieb:genommen nehm:nahme:genomm "
    "fuhr:fuhrung:gefuhrt verkauf:verkauf abschliess:abschluss beginn:begonn:begann steiger:gestieg:steig senk:gesenkt:senkung "
    "gestalt:gestaltung",
    "fr": "gere:gestion redig:redaction recev:recept recu:recept vend:vente cond:conduite produ:production instruit:instruction "
    "entreten:entretien accueill:accueil achat:achet suivi:suiv:suiv elev:eleve condui:conduite mens:mensuel:mois repond:reponse:appels "
    "quotidien:jour traduit:traduct soixant:60",
    "es": "gestion:gestion atend:atencion atiend:atencion reduj:reduccion reduc:reduccion dirig:direccion dirij:direccion "
    "vend:venta present:presentacion mensual:mes reclam:reclamacion telefon:telefonica:telefono supervis:supervision "
    "apoy:apoyo cuid:cuidados concil:conciliacion",
}
"""Beginnings of words that say the same, by language."""


@cache
def free_words(language: str) -> frozenset[str]:
    """:data:`FREE` and the words of our own letters' frames, which name nothing of a person."""
    frames = read_table(Path(__file__).parents[1] / "sentences.yaml")
    said = re.sub(r"\{\w+\}", " ", str(list(frames.get(language, {}).values())))
    return FREE.get(language, FREE["en"]) | {fold(word) for word in WORD.findall(said)}


__all__ = ["DERIVED", "FREE", "free_words"]
