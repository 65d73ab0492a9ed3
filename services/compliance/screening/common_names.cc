#include "services/compliance/screening/common_names.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"

namespace amikeco::screening {
namespace {

constexpr absl::string_view kCommon =
    // English
    "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark "
    "donald "
    "steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas "
    "eric "
    "jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis "
    "jerry "
    "peter henry douglas adam nathan zachary walter kyle harold carl jeremy keith roger gerald ethan arthur terry "
    "christian "
    "sean lawrence austin joe noah jesse albert bryan billy bruce willie  dylan alan ralph gabriel roy juan "
    "wayne logan "
    "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa margaret betty sandra ashley "
    "dorothy "
    "kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca laura helen sharon cynthia kathleen "
    "amy "
    "shirley angela anna ruth brenda pamela nicole katherine samantha christine emma catherine debra virginia rachel "
    "maria "
    "heather diane julie joyce victoria kelly christina joan evelyn lauren judith olivia martha cheryl megan andrea "
    "ann alice "
    "smith johnson williams brown jones miller davis wilson anderson taylor moore jackson martin lee thompson white "
    "harris "
    "clark lewis robinson walker young allen king wright scott hill green adams nelson baker hall campbell mitchell "
    "carter "
    "roberts phillips evans turner parker collins edwards stewart morris murphy cook rogers morgan cooper peterson "
    "bailey reed "
    "kelly howard ward cox richardson wood watson brooks bennett gray hughes price myers long foster sanders ross "
    "powell "
    "sullivan russell fisher henderson cole west  simmons ford graham wallace woods hunter marshall murray "
    "freeman wells "
    "webb simpson stevens tucker porter hicks crawford boyd mason kennedy warren dixon burns gordon shaw holmes rice "
    "robertson "
    "black daniels palmer mills grant knight stone hawkins dunn perkins hudson spencer gardner stephens payne pierce "
    "berry "
    "arnold wagner willis ray watkins olson carroll duncan snyder hart cunningham bradley lane andrews ruiz harper fox "
    "riley "
    // Spanish and Portuguese
    "garcia rodriguez martinez hernandez lopez gonzalez gonzales perez sanchez ramirez torres flores rivera gomez diaz "
    "reyes "
    "morales cruz ortiz gutierrez chavez ramos ruiz alvarez mendoza vasquez vazquez castillo jimenez moreno romero "
    "herrera "
    "medina aguilar garza castro vargas fernandez guzman munoz mendez salazar soto delgado pena rios alvarado sandoval "
    "contreras valdez guerrero ortega estrada nunez maldonado vega santiago dominguez espinoza silva padilla marquez "
    "cortez "
    "rojas acosta figueroa luna juarez navarro campos molina avila ayala mejia carrillo duran santos salinas robles "
    "solis lara "
    "jose luis carlos jesus antonio miguel francisco alejandro manuel pedro jorge fernando roberto ricardo eduardo "
    "mario "
    "sergio rafael javier ramon raul enrique julio cesar alberto arturo diego andres oscar angel pablo victor hector "
    "armando "
    "guadalupe rosa juana margarita carmen ana gloria silvia teresa claudia adriana isabel lucia sofia gabriela "
    "oliveira souza "
    "pereira lima costa ferreira rodrigues almeida nascimento alves carvalho araujo ribeiro joao paulo marcos lucas "
    // Arabic, Persian, Turkish and South Asian
    "muhammad mohammad mohammed mohamed muhammed mohamad mehmed mehmet ahmad ahmed ahmet ali hassan hasan hussain "
    "hussein "
    "husain hossein hosseini abdul abd abdullah abdallah abu omar umar ibrahim yusuf youssef ismail mahmoud mahmud "
    "khalid "
    "mustafa hamid said saeed salem salim saleh salah rahman rahim karim aziz amir khan shah malik iqbal akhtar "
    "mohammadi "
    "ahmadi rezaei karimi fatima zahra maryam aisha yilmaz kaya demir celik sahin yildiz ozturk aydin arslan kumar "
    "singh "
    "sharma patel gupta shah verma yadav das devi kaur begum ram lal raj reddy rao mishra jain mehta joshi nair iyer "
    "chopra "
    "kapoor prasad thapa shrestha gurung tamang perera silva fernando "
    // Slavic and others of Europe
    "ivanov ivanova petrov petrova smirnov kuznetsov popov volkov aleksandr alexandr sergei sergey dmitry andrei "
    "alexei aleksei "
    "mikhail nikolai vladimir ivan yuri igor oleg elena olga natalia tatiana svetlana irina ekaterina anna novak "
    "horvat nowak "
    "kowalski wojcik jan piotr andrzej maria josef petr pavel muller schmidt schneider fischer weber meyer hans klaus "
    "jean "
    "pierre michel philippe marie rossi russo ferrari giuseppe giovanni marco jansen hansen johansen olsen larsen "
    "andersson "
    "johansson nilsson nguyen tran pham hoang phan van thi "
    // Chinese, Korean and Japanese
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang deng "
    "han feng "
    "cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen yao chan wong chow lau ng "
    "cheung "
    "ming hua hui jian jun jie ping wen xin yan ying yi zhi zi shi jing fang mei xiu lan qiang bin bo chao hong hai "
    "rong tao yong "
    "kim park pak choi choe jung chong chung kang cho yoon yun jang chang lim im shin sin so kwon hwang an ryu yu ri "
    "min su chol "
    "chun hyon hyun il jin ho kwang kyong myong nam sang sok song un yong tanaka suzuki sato takahashi watanabe ito "
    "yamamoto "
    "nakamura kobayashi kato yoshida yamada sasaki";

}  // namespace

bool IsCommonName(absl::string_view latin) {
  using Set = absl::flat_hash_set<absl::string_view>;
  static const Set* const kNames = new Set(absl::StrSplit(kCommon, ' ', absl::SkipEmpty()));
  return kNames->contains(latin);
}

}  // namespace amikeco::screening
