"""Ordinary words of English that are also tickers or names of coins, or look like them: they mean a coin only with evidence. Plain data.

GRAMMAR words carry sentences and mean a coin only where nothing else is possible; COMMON words where a coin would stand.
"""

from __future__ import annotations

from markets.ask.tables import words

GRAMMAR = words(
    """
    a an the and or but nor so yet if then else than as at by for from in into of off on onto out over to too up down with without within via per about above
    below under after before since until till during between among across against along around behind beyond through toward towards upon i me my mine myself
    you your yours he him his she her hers it its we us our ours they them their theirs this that these those here there who whom whose which what when where
    why how whether am is are was were be been being do does did done doing have has had having can could will would shall should may might must ought not no
    none nothing never ever any all both each every either neither some many much more most few fewer less least lot lots other others another same such only
    just even also again still already almost always often now today soon later ago once twice yes ok okay please pls plz thanks thank hi hello hey one two
    three four five six seven eight nine ten first second third last next go goes going gone get gets getting got let s t d m w x y z b c e f g h j k l n o p
    q r u v
    """
)

COMMON = words(
    """
    spot spots won wan don hola gracias cop tell told dias wen lol lmao rofl haha asap btw imo imho omg wtf thx pls plz idk tbh fyi afaik nvm brb cheers mate
    dude guys folks ape wen ser fren frens gm pump pumping hodl rekt satoshi able access op near account ace act action active actually add added adventure
    afternoon age agree ahead ai air alert alpha alpine alt altcoin altcoins amount amp anchor angle animal animals anime answer answers anyone anything apart
    app apps arc area arena ark army art article ask asks asked asking asset assets atlas aura auto available away baby back bad bag bags balance ball ban
    banana band bank banks bar bars base based basic bat beam bear bears beat beauty become bed beer begin believe bell best bet better bid bids big bigger
    biggest bill billion billions bird bit bits black blast bless block blocks blood blue blur board boat body bone book books boom boost boss bot both bottom
    box boy brain bread break breed bridge bright bring broad brother brown budget budgets bug build bull bulls burger burn bus business button buy buyer
    buyers buying cake call called calls came camp cap car card care carry cars case cases cash cat catch cats cause cell cent cents center chain chains chair
    chance change changed changes charge chart charts chat cheap check cheese child chill china choice choose circle cities city civic class clean clear
    clever click climb clip close closed cloud club coast coat code coffee coin coins cold collect college color come comes coming common company compare
    complete complex compound computer connect constant contact contract control cook cookie cool copy core corner correct cost costs count counter country
    couple course cover covered cow crash crazy create creator credit cross crowd crypto cryptos cup curious current curve cut cycle dad daily damn dash data
    date dates dawn day days dead deal dear death decide deep deeper deepest defi degen delay deliver delta demand dent depth desk diamond die diff difference
    different dig digital dip direct dirty disk dog dogs dollar dollars door double drama draw dream drift drink drive drop drops dry duck dump dumping dust
    dusk early earn earth ease east easy eat eden edge effect egg eggs either elephant else end energy engine enjoy enter entry epic equal era error escape
    eve even evening event events everyone everything exact exactly example exchange exchanges exit expect expensive explain extra eye eyes face fact factor
    fair fall family fan far farm fast faster father fear feature fee feed feeds feel fees fetch field fight figure file fill film final finance find fine
    finger fire firm fish fit fix flag flare flash flat flight flip floor flow flower fluid flux fly folks follow food fool foot force forest forever forget
    fork form forth forward found four fox frame free fresh friend friends front frog fruit fuel full fun fund funding funds funny future futures gain gains
    game games gamer gap gaps gas gate gear gem gems gene general genius ghost giant gift giga girl give given gives glad glass global goal goat god gods gold
    golden good goods grab graph grass gray great green grid ground group grow growth guess guide gun guy hack hair half hand hands hang happen happy hard
    hash hat hate head health hear heart heat heavy hedge hedges height hell helium help helps hero hidden high higher highest hill history hit hive hold
    holder holding holdings hole home honey hop hope horse host hot hotel hour hours house huge human hundred hunt hurt hype hyper ice icon idea idiot image
    impact index info initial inside instant instead internet invest iron island issue issues item job jobs join joke jokes judge jump jungle junk jupiter
    jury justice keep key keys kid kids kill kind king kite knew know known lab labs lack lady lake land language large larger largest late latest laugh
    launch law lay layer layers lazy lead leader leaders leads league learn leave left leg legal lemon lend length lesson letter level levels leverage liberty
    lie life lift light lighter like likely limit limits line lines link links lion liquid list listed listing lists listen little live lives load loan local
    lock long longer longs look looking looks loom loop lord lose loss lost loud love low lower lowest luck lucky lunch machine mad made magic mail main major
    make maker makers makes man mango map margin mark market markets mars mask mass master match matter matters max maximum maybe maze mean means meet mega
    melon meme memes memory men mental menu mercury message met metal meter method metro mid midnight mile milk million millions mind mine mint minus minute
    minutes mirror miss missing mist mix mobile mode model modern moment money monkey month months moon more morning mother motion mouse mouth move moved
    movement movements moves movie much music name names native need needs net network networks new newer newest news newt nice night nights noise normal
    north note notice number numbers oasis object ocean odd offer offers offload office official oil old older onion open opened opens opinion opinions
    optimism option options orange orb order orders origin orders out outer own owner owners pack page pages paid pain pair pairs panda panic paper parallel
    parent park part party pass past path pay paying pays peace peak peanut people peoples percent perfect period person pet phone photo phoenix pick picks
    picture piece pig pile pilot pine pink pit pixel pixels pizza place places plan planet plant plasma plastic play player players plot plume plus poet point
    points pokemon policy polite politics pool pools poor pop popular port portal portfolio position post pot pound power practice predict premium prepare
    present press pretty price priced prices pride prime print prize pro problem problems product profit profits program project projects promise prompt proof
    protect protocol prove public pull pulse pump pumping punk pure push put puzzle python quack quality quant quantum queen quest question questions quick
    quickly quiet quit quite quiz quote quotes rabbit race radar radiant radio rain raise random range rank ranked rate rated rates rather ratio rats raven
    raw ray reach read ready real really reason rebel recall receive recent record red reef refer region rely remember remix remove removed render rent reply
    report rescue reserve rest result return rich ride right ring rise rising risk rival river road robot rock rocket role roll roof room roots rose round
    route rule rules run running safe saga sail sale sales salt sand sandbox santa saturn save saved scale scam scan school science score scratch screen
    scroll sea search season seat secret secrets section secure security see seed seen sell seller sellers selling sells send senate sense sentiment serious
    server service set sets settle setup sex shade shadow shape share shares shark sharp sheet shell shift ship shit shop short shorts show shown shows side
    sight sign signal silk silly silver similar simple single sir sister sit site sites size sky slash sleep slim slip slippage slow slowly small smaller
    smallest smart smile smoke smooth snake snap snow social soft soil solar sold solid solve somebody someone something son song sonic sort sorted soul sound
    sounds soup source sources south space spare spark speak special speed spell spend spent spider spike spirit spin split sport sports spot spread spreads
    spring square squid stable stack stacks stage stake stamp stand standard star stars start started state states station stats status stay steal steam step
    steps stick still stock stocks stone stop store storm story straight strange street strike strong stuff stupid style sub such sugar suggest suit sum
    summer sun super supply support sure surf surprise surge swap swarm sweat sweet swim switch symbol system table tag take taken taker takes taking tale
    talk tank tap target task taste tax tea team tech tell temple tender tensor term terms test tests text thank that theory thin thing things think tick
    ticker tickers tie tiger tight tighter tightest till time times tin tiny tip tips tired title toast today together token tokens told tomorrow tone tonight
    tons tool tools top torch total touch tour tower town toxic toy track trade traded trader traders trades trading trail train travel treasure treat tree
    trees trend trending trends trial trick trip triple troll trouble truck true truly trust truth try trying tube tune turbo turn turns turtle type ugly
    ultra uncle understand union unique unit units unity universe unless update updated upper upside usage use used useful useless user users using usual
    usually valid value vault velocity venue venues venus verge very vibe vibes victory video view village vine violet viper virtual virtuals virus vision
    visit voice volt volume volumes vote wait wake walk wall wallet wallets walls walrus want wanted wants war warm wash watch water wave waves wax way ways
    weak wealth weather web week weeks weekend weight welcome well went west wet whale whales wheel white whole wide wife wild win wind window wine wing
    winner winners wins winter wise wish wolf woman wonder wood wool word words work working works world worm worried worry worse worst worth wow write wrong
    year years yellow yesterday yield young youth zen zero zone zoo
    """
)

# Not ordinary enough to mean anything here, but nearer to a coin's name than a misspelling should be.
NEVER_MISSPELT = words(
    """
    movers multiverse aether altcoin altcoins arbitrary athena avoidable balance balances beverage bitching budget burying carbon cardio carina carpool carson
    carton cartons castle castles celeste centrifugal cheater childs chiles chili chilli chillin chills chilly circled circles combos commas commons companion
    compassion composed compounded compounds concert condos constitutional convent converts coombs cordoba cordon cordova corona correctly cosmic cosmo covert
    cripple currently dainty deference definite derivation dignity dimension dimensions divinity edmond elwood errand erudite ethereal eunice europe exceeding
    excerpt excessive exchanger excite expansive exploding explosive expressive extensive fanboy fandom fathom felling fenton fetched finance founding graded
    grader graders grading handle headers helena herrera hetero historian hysterical immovable inactive incentive inductive injecting injection inventive
    juniper lament laments lasted lasting lemons lifted lifting linens lister lumen manatee mangled manhole manila manley mantel mantis manuel manure marble
    mattel mattie miners mingle monaco monroe moreno myrtle nether nothin notion opportunist optimize optimum optimus ordinary ordinate originals pancakes
    partake perceptual perpetually perpetuate pinterest poplar positions potions premiums purchaser riddle ripley ripper sacks saharan salons sandro sealing
    selena seller sellers sentient sentimental setbacks shanks sharks shelling shining shocks slacks sloane slowest smacks smelling snacks solace solange
    sonata sonoma sonora spaces sparks spelling squared stacey stacked staffs stages stains stairs stakes stalks stalls stamps stances stands stares starks
    starts stasis statistic statistical statistics statue statues steaks stella sticks stinks sunken supercar supercars supervise sutures swelling synthesis
    synthetic teacher teaser telegraph telling temper tending tester therapy traced tracer tracing travers treading treasured truest vaulted vaults wether
    winking yelling
    """
)
